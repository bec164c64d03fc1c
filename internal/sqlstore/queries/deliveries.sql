-- name: Routes :many
SELECT * FROM routes WHERE tenant = sqlc.arg(tenant) ORDER BY created, id;

-- name: UpsertRoute :execrows
INSERT INTO routes (id, tenant, service, connector, target, secret, active, created)
VALUES (sqlc.arg(id), sqlc.arg(tenant), sqlc.arg(service), sqlc.arg(connector), sqlc.arg(target), sqlc.arg(secret), sqlc.arg(active),
    sqlc.arg(created))
ON CONFLICT (id) DO UPDATE SET service = excluded.service, connector = excluded.connector, target = excluded.target,
    secret = excluded.secret, active = excluded.active
WHERE routes.tenant = excluded.tenant;

-- name: DeleteRoute :execrows
DELETE FROM routes WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);

-- name: Delivery :one
SELECT * FROM deliveries WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);

-- name: DeliveriesUndone :many
SELECT * FROM deliveries WHERE tenant = sqlc.arg(tenant) AND delivered = 0 ORDER BY created DESC, id DESC LIMIT sqlc.arg(most);

-- name: DeliveriesDone :many
SELECT * FROM deliveries WHERE tenant = sqlc.arg(tenant) AND delivered > 0 ORDER BY created DESC, id DESC LIMIT sqlc.arg(most);

-- name: DeliveriesOf :many
SELECT * FROM deliveries WHERE case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) ORDER BY created, id;

-- name: UpdateDelivery :execrows
UPDATE deliveries SET connector = sqlc.arg(connector), target = sqlc.arg(target), attempts = sqlc.arg(attempts), last_error = sqlc.arg(last_error),
    tried = sqlc.arg(tried), delivered = sqlc.arg(delivered), dead = sqlc.arg(dead)
WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);

-- name: ResendDelivery :execrows
UPDATE deliveries SET connector = sqlc.arg(connector), target = sqlc.arg(target), dead = 0
WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND delivered = 0;
