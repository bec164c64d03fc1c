-- name: DirectoryVersion :one
SELECT version FROM directory_version WHERE id = 1;

-- name: BumpDirectory :exec
UPDATE directory_version SET version = version + 1 WHERE id = 1;

-- name: Tenants :many
SELECT * FROM tenants ORDER BY slug;

-- name: TenantKey :one
SELECT key FROM tenants WHERE id = sqlc.arg(tenant);

-- name: Regions :many
SELECT * FROM regions ORDER BY ars, valid_from;

-- name: Offerings :many
SELECT * FROM offerings ORDER BY tenant, service;

-- name: Overlay :one
SELECT overlay FROM overlays WHERE tenant = sqlc.arg(tenant) AND service = sqlc.arg(service) AND version = sqlc.arg(version);
