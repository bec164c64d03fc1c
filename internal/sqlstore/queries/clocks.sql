-- name: InsertResubmission :exec
INSERT INTO resubmissions (id, case_id, tenant, dossier, staff, staff_name, due, created, done, told, body)
VALUES (sqlc.arg(id), sqlc.arg(case_id), sqlc.arg(tenant), sqlc.arg(dossier), sqlc.arg(staff), sqlc.arg(staff_name), sqlc.arg(due),
    sqlc.arg(created), 0, FALSE, sqlc.arg(body));

-- name: DoneResubmission :execrows
UPDATE resubmissions SET done = sqlc.arg(done) WHERE id = sqlc.arg(id) AND case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) AND done = 0;

-- name: ResubmissionsOf :many
SELECT r.*, c.file_number, c.service, d.key FROM resubmissions r JOIN cases c ON c.id = r.case_id AND c.tenant = r.tenant
JOIN dossiers d ON d.id = r.dossier AND d.tenant = r.tenant
WHERE r.case_id = sqlc.arg(case_id) AND r.tenant = sqlc.arg(tenant) AND r.done = 0 ORDER BY r.due, r.id;

-- name: ResubmissionsBy :many
SELECT r.*, c.file_number, c.service, d.key FROM resubmissions r JOIN cases c ON c.id = r.case_id AND c.tenant = r.tenant
JOIN dossiers d ON d.id = r.dossier AND d.tenant = r.tenant
WHERE r.tenant = sqlc.arg(tenant) AND r.staff = sqlc.arg(staff) AND r.done = 0 AND r.due < sqlc.arg(before) ORDER BY r.due, r.id LIMIT sqlc.arg(most);

-- name: DueResubmissions :many
SELECT tenant, staff, COUNT(*) AS n FROM resubmissions WHERE done = 0 AND told = FALSE AND due <= sqlc.arg(now) GROUP BY tenant, staff
ORDER BY tenant, staff LIMIT sqlc.arg(most);

-- name: ToldResubmissions :exec
UPDATE resubmissions SET told = TRUE WHERE tenant = sqlc.arg(tenant) AND staff = sqlc.arg(staff) AND done = 0 AND due <= sqlc.arg(now);

-- name: UpsertFeed :exec
INSERT INTO calendar_feeds (tenant, staff, hash, created) VALUES (sqlc.arg(tenant), sqlc.arg(staff), sqlc.arg(hash), sqlc.arg(created))
ON CONFLICT (tenant, staff) DO UPDATE SET hash = excluded.hash, created = excluded.created;

-- name: DeleteFeed :exec
DELETE FROM calendar_feeds WHERE tenant = sqlc.arg(tenant) AND staff = sqlc.arg(staff);

-- name: FeedOf :one
SELECT created FROM calendar_feeds WHERE tenant = sqlc.arg(tenant) AND staff = sqlc.arg(staff);

-- name: FeedByHash :one
SELECT tenant, staff FROM calendar_feeds WHERE hash = sqlc.arg(hash);

-- name: CasesDeemed :many
SELECT id, tenant FROM cases WHERE fiction > 0 AND fiction < sqlc.arg(now) AND paused = 0 AND state IN ('received', 'in_progress')
ORDER BY fiction, id LIMIT sqlc.arg(most);

-- name: CasesLate :many
SELECT id FROM cases WHERE tenant = sqlc.arg(tenant) AND state IN ('received', 'in_progress') AND deadline < sqlc.arg(before)
    AND escalated = 0 AND paused = 0 ORDER BY deadline, id LIMIT sqlc.arg(most);

-- name: LastEvent :one
SELECT id FROM events WHERE tenant = sqlc.arg(tenant) ORDER BY id DESC LIMIT 1;

-- name: FiguresOf :one
SELECT * FROM figures WHERE tenant = sqlc.arg(tenant);

-- name: UpsertFigures :exec
INSERT INTO figures (tenant, at, event, mailed, body) VALUES (sqlc.arg(tenant), sqlc.arg(at), sqlc.arg(event), 0, sqlc.arg(body))
ON CONFLICT (tenant) DO UPDATE SET at = excluded.at, event = excluded.event, body = excluded.body;

-- name: FiguresMailed :exec
UPDATE figures SET mailed = sqlc.arg(mailed) WHERE tenant = sqlc.arg(tenant);
