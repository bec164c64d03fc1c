-- name: InsertDossier :exec
INSERT INTO dossiers (id, tenant, service, account, code, ars, lang, created, key)
VALUES (sqlc.arg(id), sqlc.arg(tenant), sqlc.arg(service), sqlc.arg(account), sqlc.arg(code), sqlc.arg(ars), sqlc.arg(lang),
    sqlc.arg(created), sqlc.arg(key));

-- name: Dossier :one
SELECT * FROM dossiers WHERE id = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant);

-- name: SaveDossier :exec
UPDATE dossiers SET ars = sqlc.arg(ars), account = CASE WHEN account = '' THEN sqlc.arg(account) ELSE account END
WHERE dossiers.id = sqlc.arg(dossier) AND dossiers.tenant = sqlc.arg(tenant)
    AND (ars <> sqlc.arg(ars) OR (account = '' AND sqlc.arg(account) <> ''))
    AND EXISTS (SELECT 1 FROM drafts r WHERE r.dossier = sqlc.arg(dossier) AND r.tenant = sqlc.arg(tenant) AND r.revision = sqlc.arg(was) AND r.submission = '');

-- name: ClaimDossier :execrows
UPDATE dossiers SET account = sqlc.arg(account)
WHERE id = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant) AND account IN ('', sqlc.arg(account));

-- name: DeleteDossier :exec
DELETE FROM dossiers WHERE id = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant);

-- name: InsertDraft :exec
INSERT INTO drafts (dossier, tenant, version, overlay, revision, updated, expires, submission, warned, content)
VALUES (sqlc.arg(dossier), sqlc.arg(tenant), sqlc.arg(version), sqlc.arg(overlay), sqlc.arg(revision), sqlc.arg(updated),
    sqlc.arg(expires), '', FALSE, sqlc.arg(content));

-- name: Draft :one
SELECT sqlc.embed(r), sqlc.embed(d) FROM drafts r JOIN dossiers d ON d.id = r.dossier
WHERE r.dossier = sqlc.arg(dossier) AND r.tenant = d.tenant;

-- name: SaveDraft :execrows
UPDATE drafts SET content = sqlc.arg(content), revision = revision + 1, updated = sqlc.arg(updated), expires = sqlc.arg(expires), warned = FALSE
WHERE dossier = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant) AND revision = sqlc.arg(was) AND submission = '';

-- name: SaveSent :execrows
UPDATE drafts SET content = sqlc.arg(content), revision = revision + 1
WHERE dossier = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant) AND revision = sqlc.arg(was) AND submission <> '';

-- name: MarkSent :execrows
UPDATE drafts SET submission = sqlc.arg(submission)
WHERE dossier = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant) AND submission = '' AND revision = sqlc.arg(revision);

-- name: DraftSubmission :one
SELECT submission FROM drafts WHERE dossier = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant);

-- name: DeleteUnsent :execrows
DELETE FROM drafts WHERE dossier = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant) AND submission = '';

-- name: DraftsExpiring :many
SELECT sqlc.embed(r), sqlc.embed(d) FROM drafts r JOIN dossiers d ON d.id = r.dossier
WHERE r.submission = '' AND r.expires < sqlc.arg(before) AND r.warned = FALSE
ORDER BY r.expires LIMIT sqlc.arg(most);

-- name: ExpiredDrafts :many
SELECT sqlc.embed(r), sqlc.embed(d) FROM drafts r JOIN dossiers d ON d.id = r.dossier
WHERE r.submission = '' AND r.expires <= sqlc.arg(at) AND (r.warned OR r.expires <= sqlc.arg(unwarned))
ORDER BY r.expires LIMIT sqlc.arg(most);

-- name: MarkWarned :execrows
UPDATE drafts SET warned = TRUE, expires = sqlc.arg(expires)
WHERE dossier = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant) AND submission = '' AND revision = sqlc.arg(revision);
