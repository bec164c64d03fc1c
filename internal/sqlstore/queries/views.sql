-- name: ViewsOf :many
SELECT * FROM views WHERE tenant = sqlc.arg(tenant) AND (owner = '' OR owner = sqlc.arg(staff)) ORDER BY owner, position, id;

-- name: View :one
SELECT * FROM views WHERE tenant = sqlc.arg(tenant) AND id = sqlc.arg(id);

-- name: SaveView :execrows
INSERT INTO views (id, tenant, owner, grp, position, revision, updated, body)
VALUES (sqlc.arg(id), sqlc.arg(tenant), sqlc.arg(owner), sqlc.arg(grp), sqlc.arg(position), sqlc.arg(revision), sqlc.arg(updated), sqlc.arg(body))
ON CONFLICT (id) DO UPDATE SET grp = excluded.grp, position = excluded.position, revision = excluded.revision, updated = excluded.updated, body = excluded.body
WHERE views.tenant = excluded.tenant AND views.owner = excluded.owner AND views.revision = excluded.revision - 1;

-- name: DeleteView :execrows
DELETE FROM views WHERE tenant = sqlc.arg(tenant) AND id = sqlc.arg(id) AND owner = sqlc.arg(owner);

-- name: DeleteSubscriptionsOfView :exec
DELETE FROM view_subscriptions WHERE tenant = sqlc.arg(tenant) AND view = sqlc.arg(view);

-- name: Desk :one
SELECT * FROM desks WHERE tenant = sqlc.arg(tenant) AND staff = sqlc.arg(staff);

-- name: SaveDesk :exec
INSERT INTO desks (tenant, staff, default_view, seen, lang) VALUES (sqlc.arg(tenant), sqlc.arg(staff), sqlc.arg(default_view), sqlc.arg(seen), sqlc.arg(lang))
ON CONFLICT (tenant, staff) DO UPDATE SET default_view = excluded.default_view, seen = excluded.seen, lang = excluded.lang;

-- name: StaffLangs :many
SELECT c.email, d.lang FROM desks d JOIN colleagues c ON c.tenant = d.tenant AND c.id = d.staff
WHERE d.tenant = sqlc.arg(tenant) AND d.lang <> '' AND c.email <> '';

-- name: Call :exec
INSERT INTO view_subscriptions (tenant, staff, view, rhythm, since, next)
VALUES (sqlc.arg(tenant), sqlc.arg(staff), 'calls', 'now', sqlc.arg(since), sqlc.arg(next))
ON CONFLICT (tenant, staff, view) DO UPDATE SET next = excluded.next
WHERE view_subscriptions.rhythm = 'now' AND (view_subscriptions.next > excluded.next OR view_subscriptions.next <= excluded.since);

-- name: CalledBetween :many
SELECT c.id, c.service, c.grp, m.author FROM mentions m JOIN cases c ON c.id = m.case_id AND c.tenant = m.tenant
WHERE m.tenant = sqlc.arg(tenant) AND m.staff = sqlc.arg(staff) AND m.seen = 0 AND m.created > sqlc.arg(since) AND m.created <= sqlc.arg(until)
ORDER BY m.id LIMIT sqlc.arg(most);

-- name: ProposedBetween :many
SELECT c.id, c.service, c.grp, p.author FROM proposals p JOIN cases c ON c.id = p.case_id AND c.tenant = p.tenant
WHERE p.tenant = sqlc.arg(tenant) AND p.checked = 0 AND p.created > sqlc.arg(since) AND p.created <= sqlc.arg(until) AND p.author <> sqlc.arg(author)
    AND c.state IN ('in_progress', 'waiting_applicant')
ORDER BY p.created LIMIT sqlc.arg(most);

-- name: Subscriptions :many
SELECT * FROM view_subscriptions WHERE tenant = sqlc.arg(tenant) AND staff = sqlc.arg(staff) ORDER BY view;

-- name: SaveSubscription :exec
INSERT INTO view_subscriptions (tenant, staff, view, rhythm, since, next)
VALUES (sqlc.arg(tenant), sqlc.arg(staff), sqlc.arg(view), sqlc.arg(rhythm), sqlc.arg(since), sqlc.arg(next))
ON CONFLICT (tenant, staff, view) DO UPDATE SET rhythm = excluded.rhythm, since = excluded.since, next = excluded.next;

-- name: DeleteSubscription :exec
DELETE FROM view_subscriptions WHERE tenant = sqlc.arg(tenant) AND staff = sqlc.arg(staff) AND view = sqlc.arg(view);

-- name: SubscriptionsDue :many
SELECT s.tenant, s.staff, s.view, s.rhythm, s.since, s.next FROM view_subscriptions s
WHERE s.next <= sqlc.arg(now) AND (s.rhythm <> 'now' OR s.view = 'calls' OR EXISTS
    (SELECT 1 FROM cases c WHERE c.tenant = s.tenant AND c.changed > s.since AND c.changed <= sqlc.arg(now) AND c.unread))
ORDER BY s.next LIMIT sqlc.arg(most);

-- name: SubscriptionTold :execrows
UPDATE view_subscriptions SET since = sqlc.arg(since), next = sqlc.arg(next)
WHERE tenant = sqlc.arg(tenant) AND staff = sqlc.arg(staff) AND view = sqlc.arg(view) AND since = sqlc.arg(was)
    AND (view <> 'calls' OR next <= sqlc.arg(since)); -- else somebody has called meanwhile

-- name: Colleague :one
SELECT id, name, email, by_group FROM colleagues WHERE tenant = sqlc.arg(tenant) AND id = sqlc.arg(id);

-- name: Labels :many
SELECT * FROM labels WHERE tenant = sqlc.arg(tenant) ORDER BY position, name, id;

-- name: SaveLabel :execrows
INSERT INTO labels (id, tenant, name, colour, position)
VALUES (sqlc.arg(id), sqlc.arg(tenant), sqlc.arg(name), sqlc.arg(colour), sqlc.arg(position))
ON CONFLICT (id) DO UPDATE SET name = excluded.name, colour = excluded.colour, position = excluded.position WHERE labels.tenant = excluded.tenant;

-- name: DeleteLabel :execrows
DELETE FROM labels WHERE tenant = sqlc.arg(tenant) AND id = sqlc.arg(id);
