-- name: InsertExport :exec
INSERT INTO exports (id, tenant, actor, roles, template, format, run, done, bytes, sha256, blob, created, beat, finished, failed, cancelled, expires, spec)
VALUES (sqlc.arg(id), sqlc.arg(tenant), sqlc.arg(actor), sqlc.arg(roles), sqlc.arg(template), sqlc.arg(format), sqlc.arg(run), 0, 0, '', '', sqlc.arg(created),
    sqlc.arg(created), 0, 0, 0, sqlc.arg(expires), sqlc.arg(spec));

-- name: ExportByID :one
SELECT * FROM exports WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);

-- name: ExportsOf :many
SELECT * FROM exports WHERE tenant = sqlc.arg(tenant) AND id < sqlc.arg(before) AND (actor = sqlc.arg(actor) OR CAST(sqlc.arg(everybody) AS BIGINT) = 1)
ORDER BY id DESC LIMIT sqlc.arg(most);

-- name: BeatExport :execrows
UPDATE exports SET done = sqlc.arg(done), beat = sqlc.arg(now)
WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND run = sqlc.arg(run) AND finished = 0 AND failed = 0 AND cancelled = 0;

-- name: FinishExport :execrows
UPDATE exports SET done = sqlc.arg(done), bytes = sqlc.arg(bytes), sha256 = sqlc.arg(sha256), blob = sqlc.arg(blob), services = sqlc.arg(services), finished = sqlc.arg(now), beat = sqlc.arg(now), expires = sqlc.arg(expires)
WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND run = sqlc.arg(run) AND finished = 0 AND failed = 0 AND cancelled = 0;

-- name: FailExport :execrows
UPDATE exports SET failed = sqlc.arg(now), reason = sqlc.arg(reason) WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND run = sqlc.arg(run) AND finished = 0 AND cancelled = 0;

-- name: CancelExport :execrows
UPDATE exports SET cancelled = sqlc.arg(now) WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND finished = 0 AND cancelled = 0;

-- name: RestartExport :execrows
UPDATE exports SET run = sqlc.arg(run), done = 0, beat = sqlc.arg(now), failed = 0, reason = '', cancelled = 0
WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND finished = 0;

-- name: ExpiredExports :many
SELECT * FROM exports WHERE expires < sqlc.arg(now) ORDER BY expires LIMIT sqlc.arg(most);

-- name: DeleteExport :execrows
DELETE FROM exports WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);

-- name: SaveExportTemplate :execrows
INSERT INTO export_templates (id, tenant, name, format, service, columns, roles, owner, updated)
VALUES (sqlc.arg(id), sqlc.arg(tenant), sqlc.arg(name), sqlc.arg(format), sqlc.arg(service), sqlc.arg(columns), sqlc.arg(roles), sqlc.arg(owner), sqlc.arg(updated))
ON CONFLICT (id) DO UPDATE SET name = excluded.name, format = excluded.format, service = excluded.service, columns = excluded.columns, roles = excluded.roles,
    updated = excluded.updated
WHERE export_templates.tenant = excluded.tenant;

-- name: ExportTemplates :many
SELECT * FROM export_templates WHERE tenant = sqlc.arg(tenant) ORDER BY name, id;

-- name: DeleteExportTemplate :execrows
DELETE FROM export_templates WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);

