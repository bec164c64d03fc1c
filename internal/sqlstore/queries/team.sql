-- name: TeamOf :one
SELECT revision, body FROM teams WHERE tenant = sqlc.arg(tenant);

-- name: InsertTeam :execrows
INSERT INTO teams (tenant, revision, body) VALUES (sqlc.arg(tenant), 1, sqlc.arg(body)) ON CONFLICT DO NOTHING;

-- name: UpdateTeam :execrows
UPDATE teams SET revision = revision + 1, body = sqlc.arg(body) WHERE tenant = sqlc.arg(tenant) AND revision = sqlc.arg(was);

-- name: AbsencesOf :many
SELECT * FROM absences WHERE tenant = sqlc.arg(tenant) AND last_day >= sqlc.arg(since) ORDER BY first_day, id LIMIT 2000;

-- name: InsertAbsence :exec
INSERT INTO absences (id, tenant, staff, name, substitute, substitute_name, first_day, last_day)
VALUES (sqlc.arg(id), sqlc.arg(tenant), sqlc.arg(staff), sqlc.arg(name), sqlc.arg(substitute), sqlc.arg(substitute_name),
    sqlc.arg(first_day), sqlc.arg(last_day));

-- name: DeleteAbsence :execrows
DELETE FROM absences WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);

-- name: RenameAway :exec
UPDATE absences SET staff = sqlc.arg(id), name = sqlc.arg(name) WHERE tenant = sqlc.arg(tenant) AND staff = sqlc.arg(was);

-- name: RenameSubstitute :exec
UPDATE absences SET substitute = sqlc.arg(id), substitute_name = sqlc.arg(name) WHERE tenant = sqlc.arg(tenant) AND substitute = sqlc.arg(was);

-- name: RenameMentioned :exec
UPDATE mentions SET staff = sqlc.arg(id) WHERE tenant = sqlc.arg(tenant) AND staff = sqlc.arg(was);

-- name: NextTurn :one
INSERT INTO turns (tenant, rule, taken) VALUES (sqlc.arg(tenant), sqlc.arg(rule), 1)
ON CONFLICT (tenant, rule) DO UPDATE SET taken = turns.taken + 1
RETURNING taken;

-- name: InsertMention :exec
INSERT INTO mentions (id, tenant, case_id, note, staff, author, author_name, created, seen)
VALUES (sqlc.arg(id), sqlc.arg(tenant), sqlc.arg(case_id), sqlc.arg(note), sqlc.arg(staff), sqlc.arg(author), sqlc.arg(author_name), sqlc.arg(created), 0);

-- name: MentionsSeen :exec
UPDATE mentions SET seen = sqlc.arg(now) WHERE tenant = sqlc.arg(tenant) AND case_id = sqlc.arg(case_id) AND staff = sqlc.arg(staff) AND seen = 0;

-- name: MentionsOf :many
SELECT m.id, m.case_id, m.note, m.author, m.author_name, m.created, m.seen, c.file_number, c.service
FROM mentions m JOIN cases c ON c.id = m.case_id AND c.tenant = m.tenant
WHERE m.tenant = sqlc.arg(tenant) AND m.staff = sqlc.arg(staff) AND m.id < sqlc.arg(before) ORDER BY m.id DESC LIMIT sqlc.arg(most);
