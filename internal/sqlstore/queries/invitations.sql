-- name: InsertInvitation :exec
INSERT INTO invitations (id, dossier, tenant, purpose, code, may_send, created, expires, opened, revoked, answered, outcome, reminded, name)
VALUES (sqlc.arg(id), sqlc.arg(dossier), sqlc.arg(tenant), sqlc.arg(purpose), sqlc.arg(code), sqlc.arg(may_send), sqlc.arg(created),
    sqlc.arg(expires), 0, 0, 0, '', FALSE, sqlc.arg(name));

-- name: InvitationsOf :many
SELECT * FROM invitations WHERE dossier = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant) ORDER BY created, id;

-- name: Invitation :one
SELECT * FROM invitations WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);

-- name: RevokeInvitation :execrows
UPDATE invitations SET revoked = sqlc.arg(now)
WHERE id = sqlc.arg(id) AND dossier = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant) AND revoked = 0;

-- name: RevokeInvitations :exec
UPDATE invitations SET revoked = sqlc.arg(now)
WHERE dossier = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant) AND purpose = sqlc.arg(purpose) AND revoked = 0 AND outcome = '';

-- name: OpenInvitation :execrows
UPDATE invitations SET opened = sqlc.arg(now) WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND opened = 0;

-- name: AnswerInvitation :execrows
UPDATE invitations SET answered = sqlc.arg(now), outcome = sqlc.arg(outcome)
WHERE id = sqlc.arg(id) AND dossier = sqlc.arg(dossier) AND tenant = sqlc.arg(tenant) AND outcome = '' AND revoked = 0;

-- name: RemindInvitation :execrows
UPDATE invitations SET reminded = TRUE WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND reminded = FALSE AND outcome = '' AND revoked = 0;

-- name: InvitationsDue :many
SELECT sqlc.embed(i), c.id AS case_id FROM invitations i JOIN cases c ON c.dossier = i.dossier AND c.tenant = i.tenant
WHERE i.purpose = 'cosign' AND i.outcome = '' AND i.revoked = 0 AND i.expires <= sqlc.arg(before)
    AND (i.reminded = FALSE OR i.expires <= sqlc.arg(now)) AND c.state = 'awaiting_cosign'
ORDER BY i.expires LIMIT sqlc.arg(most);
