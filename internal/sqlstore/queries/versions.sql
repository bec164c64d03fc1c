-- name: FormVersion :one
SELECT * FROM form_versions WHERE id = sqlc.arg(id);

-- name: PublishedVersions :many
SELECT v.* FROM form_versions v
WHERE v.published > 0 AND v.retired = 0 AND v.number = (
    SELECT MAX(w.number) FROM form_versions w WHERE w.service = v.service AND w.published > 0 AND w.retired = 0)
ORDER BY v.service;

-- name: Versions :many
SELECT id, service, number, digest, created_by, created, approved_by, published, retired
FROM form_versions ORDER BY service, number DESC;

-- name: LastVersionNumber :one
SELECT CAST(COALESCE(MAX(number), 0) AS BIGINT) AS number FROM form_versions WHERE service = sqlc.arg(service);

-- name: InsertVersion :execrows
INSERT INTO form_versions (id, service, number, digest, package, created_by, created, approved_by, published, retired)
VALUES (sqlc.arg(id), sqlc.arg(service), sqlc.arg(number), sqlc.arg(digest), sqlc.arg(package), sqlc.arg(created_by), sqlc.arg(created), '', 0, 0)
ON CONFLICT DO NOTHING;

-- name: PublishVersion :execrows
UPDATE form_versions SET published = sqlc.arg(published), approved_by = sqlc.arg(approved_by)
WHERE id = sqlc.arg(id) AND published = 0;

-- name: RetireOthers :exec
UPDATE form_versions SET retired = sqlc.arg(retired)
WHERE service = sqlc.arg(service) AND id <> sqlc.arg(id) AND published > 0 AND retired = 0;

-- name: DeleteVersion :execrows
DELETE FROM form_versions WHERE id = sqlc.arg(id) AND published = 0;

-- name: PinnedDrafts :one
SELECT COUNT(*) FROM (SELECT 1 FROM drafts WHERE version = sqlc.arg(version) AND submission = '' LIMIT 10001) AS pinned;

-- name: PinnedCases :one
SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE version = sqlc.arg(version)
    AND state IN ('awaiting_payment', 'awaiting_cosign', 'received', 'in_progress', 'waiting_applicant') LIMIT 10001) AS pinned;
