-- name: InsertSession :exec
INSERT INTO sessions (hash, audience, account, identity, created, seen, expires, issuer_sid, subject)
VALUES (sqlc.arg(hash), sqlc.arg(audience), sqlc.arg(account), sqlc.arg(identity), sqlc.arg(created), sqlc.arg(seen),
    sqlc.arg(expires), sqlc.arg(issuer_sid), sqlc.arg(subject));

-- name: Session :one
SELECT * FROM sessions WHERE hash = sqlc.arg(hash) AND expires > sqlc.arg(now);

-- name: TouchSession :execrows
UPDATE sessions SET seen = sqlc.arg(seen), expires = sqlc.arg(expires) WHERE hash = sqlc.arg(hash);

-- name: DeleteSession :exec
DELETE FROM sessions WHERE hash = sqlc.arg(hash);

-- name: DeleteSessionsBySID :many
DELETE FROM sessions WHERE issuer_sid = sqlc.arg(issuer_sid) AND issuer_sid <> '' RETURNING hash;

-- name: DeleteSessionsBySubject :many
DELETE FROM sessions WHERE subject = sqlc.arg(subject) AND subject <> '' RETURNING hash;

-- name: DeleteSessionsBefore :execrows
DELETE FROM sessions WHERE expires < sqlc.arg(before);

-- name: Account :one
SELECT id, issuer, subject, organisation, seen FROM accounts WHERE issuer = sqlc.arg(issuer) AND subject = sqlc.arg(subject);

-- name: InsertAccount :exec
INSERT INTO accounts (id, issuer, subject, organisation, created, seen)
VALUES (sqlc.arg(id), sqlc.arg(issuer), sqlc.arg(subject), sqlc.arg(organisation), sqlc.arg(created), sqlc.arg(created))
ON CONFLICT DO NOTHING;
