-- name: InsertMessage :exec
INSERT INTO messages (id, case_id, tenant, dossier, from_office, author, author_name, created, seen, body)
VALUES (sqlc.arg(id), sqlc.arg(case_id), sqlc.arg(tenant), sqlc.arg(dossier), sqlc.arg(from_office), sqlc.arg(author),
    sqlc.arg(author_name), sqlc.arg(created), 0, sqlc.arg(body));

-- name: MessagesOf :many
SELECT * FROM messages WHERE case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) ORDER BY created, id;

-- name: MessagesSeen :exec
UPDATE messages SET seen = sqlc.arg(seen)
WHERE case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) AND from_office = sqlc.arg(from_office) AND seen = 0;

-- name: UpsertRequest :exec
INSERT INTO requests (id, case_id, tenant, dossier, pointers, due, created, answered, recalled, submission, body, comments, remind)
VALUES (sqlc.arg(id), sqlc.arg(case_id), sqlc.arg(tenant), sqlc.arg(dossier), sqlc.arg(pointers), sqlc.arg(due), sqlc.arg(created),
    sqlc.arg(answered), sqlc.arg(recalled), sqlc.arg(submission), sqlc.arg(body), sqlc.arg(comments), sqlc.arg(remind))
ON CONFLICT (id) DO UPDATE SET answered = excluded.answered, recalled = excluded.recalled, submission = excluded.submission
WHERE requests.case_id = excluded.case_id AND requests.tenant = excluded.tenant;

-- name: RequestsOf :many
SELECT * FROM requests WHERE case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) ORDER BY created, id;

-- name: InsertNote :exec
INSERT INTO notes (id, case_id, tenant, dossier, author, author_name, created, body)
VALUES (sqlc.arg(id), sqlc.arg(case_id), sqlc.arg(tenant), sqlc.arg(dossier), sqlc.arg(author), sqlc.arg(author_name),
    sqlc.arg(created), sqlc.arg(body));

-- name: NotesOf :many
SELECT * FROM notes WHERE case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) ORDER BY created, id;

-- name: InsertDecision :exec
INSERT INTO decisions (id, case_id, tenant, dossier, outcome, author, author_name, created, deemed, seen, letter, approver, approver_name, digest, seal_kind, seal)
VALUES (sqlc.arg(id), sqlc.arg(case_id), sqlc.arg(tenant), sqlc.arg(dossier), sqlc.arg(outcome), sqlc.arg(author),
    sqlc.arg(author_name), sqlc.arg(created), sqlc.arg(deemed), 0, sqlc.arg(letter), sqlc.arg(approver), sqlc.arg(approver_name), sqlc.arg(digest),
    sqlc.arg(seal_kind), sqlc.arg(seal));

-- name: DecisionOf :one
SELECT * FROM decisions WHERE case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) ORDER BY created DESC, id DESC LIMIT 1;

-- name: DecisionSeen :exec
UPDATE decisions SET seen = sqlc.arg(seen) WHERE case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) AND seen = 0;
