-- name: UnlinkedEvents :many
SELECT e.* FROM events e WHERE e.id > sqlc.arg(after) AND NOT EXISTS (SELECT 1 FROM audit_links l WHERE l.event = e.id)
ORDER BY e.id LIMIT sqlc.arg(most);

-- name: PassedBy :many
SELECT e.id FROM events e WHERE e.tenant = sqlc.arg(tenant) AND e.id > sqlc.arg(after) AND e.id < sqlc.arg(before)
    AND NOT EXISTS (SELECT 1 FROM audit_links l WHERE l.event = e.id)
ORDER BY e.id LIMIT sqlc.arg(most);

-- name: NewestLinked :one
SELECT event FROM audit_links ORDER BY event DESC LIMIT 1;

-- name: LastLink :one
SELECT * FROM audit_links WHERE tenant = sqlc.arg(tenant) ORDER BY seq DESC LIMIT 1;

-- name: InsertHead :exec
INSERT INTO audit_heads (tenant, seq, hash, signed, signature)
VALUES (sqlc.arg(tenant), sqlc.arg(seq), sqlc.arg(hash), sqlc.arg(signed), sqlc.arg(signature));

-- name: HeadsBefore :many
SELECT h.* FROM tenants t JOIN audit_heads h ON h.tenant = t.id
    AND h.seq = (SELECT x.seq FROM audit_heads x WHERE x.tenant = t.id AND x.signed < sqlc.arg(before) ORDER BY x.signed DESC, x.seq DESC LIMIT 1)
WHERE h.signed >= sqlc.arg(since) ORDER BY t.id;

-- name: DanglingHeads :many
SELECT * FROM audit_heads h WHERE h.tenant = sqlc.arg(tenant)
    AND NOT EXISTS (SELECT 1 FROM audit_links l WHERE l.tenant = h.tenant AND l.seq = h.seq)
ORDER BY h.seq LIMIT sqlc.arg(most);

-- name: AuditedTenants :many
SELECT tenant FROM audit_heads UNION SELECT id FROM tenants ORDER BY 1;

-- name: LinkedEvents :many
SELECT l.seq, l.event FROM events e JOIN audit_links l ON l.event = e.id AND l.tenant = e.tenant
WHERE e.tenant = sqlc.arg(tenant) AND e.case_id = sqlc.arg(case_id) AND e.case_id <> '' AND l.seq > sqlc.arg(after) ORDER BY l.seq LIMIT sqlc.arg(most);

-- name: UnlinkedOfCase :one
SELECT COUNT(*) FROM events e WHERE e.tenant = sqlc.arg(tenant) AND e.case_id = sqlc.arg(case_id) AND e.case_id <> ''
    AND NOT EXISTS (SELECT 1 FROM audit_links l WHERE l.event = e.id);

-- name: DeleteErased :execrows
DELETE FROM events WHERE tenant = sqlc.arg(tenant) AND case_id = sqlc.arg(case_id) AND case_id <> '';
