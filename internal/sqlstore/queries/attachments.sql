-- name: AttachmentsOf :many
SELECT a.* FROM attachments a JOIN dossiers d ON d.id = a.dossier
WHERE a.dossier = sqlc.arg(dossier) AND a.tenant = d.tenant ORDER BY a.created, a.id;

-- name: AttachmentsOfCase :many
SELECT a.* FROM attachments a JOIN cases c ON c.dossier = a.dossier
WHERE c.id = sqlc.arg(case_id) AND c.tenant = sqlc.arg(tenant) AND a.tenant = c.tenant ORDER BY a.created, a.id;

-- name: AttachmentWithDossier :one
SELECT sqlc.embed(a), sqlc.embed(d) FROM attachments a JOIN dossiers d ON d.id = a.dossier
WHERE a.id = sqlc.arg(id) AND a.tenant = sqlc.arg(tenant);

-- name: DeleteAttachment :execrows
DELETE FROM attachments AS a WHERE a.id = sqlc.arg(id) AND a.dossier = sqlc.arg(dossier) AND a.tenant = sqlc.arg(tenant)
    AND EXISTS (SELECT 1 FROM drafts r WHERE r.dossier = a.dossier AND r.tenant = a.tenant AND r.submission = '');

-- name: DeleteAttachmentsOf :many
DELETE FROM attachments WHERE dossier = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant) RETURNING blob_key;

-- name: SetVerdict :execrows
UPDATE attachments SET verdict = sqlc.arg(verdict) WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);
