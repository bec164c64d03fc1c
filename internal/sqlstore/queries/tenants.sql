-- name: InsertTenant :execrows
INSERT INTO tenants (id, slug, kind, ars, name, profile, logo_type, live, key, revision, created)
VALUES (sqlc.arg(tenant), sqlc.arg(slug), sqlc.arg(kind), sqlc.arg(ars), sqlc.arg(name), sqlc.arg(profile), sqlc.arg(logo_type),
    sqlc.arg(live), sqlc.arg(key), sqlc.arg(revision), sqlc.arg(created))
ON CONFLICT DO NOTHING;

-- name: UpdateTenant :execrows
UPDATE tenants SET name = sqlc.arg(name), profile = sqlc.arg(profile), live = sqlc.arg(live), revision = revision + 1
WHERE id = sqlc.arg(tenant) AND revision = sqlc.arg(was);

-- name: TenantExists :one
SELECT COUNT(*) FROM tenants WHERE id = sqlc.arg(tenant);

-- name: SetLogoType :execrows
UPDATE tenants SET logo_type = sqlc.arg(logo_type) WHERE id = sqlc.arg(tenant);

-- name: UpsertLogo :exec
INSERT INTO logos (tenant, media_type, body) VALUES (sqlc.arg(tenant), sqlc.arg(media_type), sqlc.arg(body))
ON CONFLICT (tenant) DO UPDATE SET media_type = excluded.media_type, body = excluded.body;

-- name: DeleteLogo :exec
DELETE FROM logos WHERE tenant = sqlc.arg(tenant);

-- name: Logo :one
SELECT media_type, body FROM logos WHERE tenant = sqlc.arg(tenant);

-- name: OfferingsOf :many
SELECT * FROM offerings WHERE tenant = sqlc.arg(tenant) ORDER BY service;

-- name: InsertFeedback :exec
INSERT INTO feedback (id, tenant, path, barrier, body, created)
VALUES (sqlc.arg(id), sqlc.arg(tenant), sqlc.arg(path), sqlc.arg(barrier), sqlc.arg(body), sqlc.arg(created));

-- name: FeedbackOf :many
SELECT * FROM feedback WHERE tenant = sqlc.arg(tenant) ORDER BY created DESC LIMIT sqlc.arg(most);

-- name: Appointments :many
SELECT * FROM appointments WHERE tenant = sqlc.arg(tenant) ORDER BY email, oidc_group, id;

-- name: UpsertAppointment :execrows
INSERT INTO appointments (id, tenant, email, oidc_group, roles)
VALUES (sqlc.arg(id), sqlc.arg(tenant), sqlc.arg(email), sqlc.arg(oidc_group), sqlc.arg(roles))
ON CONFLICT (id) DO UPDATE SET email = excluded.email, oidc_group = excluded.oidc_group, roles = excluded.roles
WHERE appointments.tenant = excluded.tenant;

-- name: DeleteAppointment :execrows
DELETE FROM appointments WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);

-- name: Colleagues :many
SELECT id, name, email, by_group FROM colleagues WHERE tenant = sqlc.arg(tenant) ORDER BY name, id;

-- name: UpsertColleague :exec
INSERT INTO colleagues (tenant, id, name, email, by_group) VALUES (sqlc.arg(tenant), sqlc.arg(id), sqlc.arg(name), sqlc.arg(email), sqlc.arg(by_group))
ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name, email = excluded.email, by_group = excluded.by_group;

-- name: TakeOver :exec
UPDATE cases SET assignee = sqlc.arg(id), assignee_name = sqlc.arg(name) WHERE tenant = sqlc.arg(tenant) AND assignee = sqlc.arg(was);

-- name: ReserveNumbers :one
INSERT INTO file_counters (tenant, prefix, year, last)
VALUES (sqlc.arg(tenant), sqlc.arg(prefix), sqlc.arg(year), CAST(sqlc.arg(block) AS BIGINT))
ON CONFLICT (tenant, prefix, year) DO UPDATE SET last = file_counters.last + excluded.last
RETURNING last;

-- name: RewrapTenant :execrows
UPDATE tenants SET key = sqlc.arg(key) WHERE id = sqlc.arg(tenant) AND key = sqlc.arg(was);
