-- name: Templates :many
SELECT * FROM templates WHERE tenant = sqlc.arg(tenant) ORDER BY kind, title, id LIMIT sqlc.arg(most);

-- name: UpsertTemplate :execrows
INSERT INTO templates (id, tenant, service, kind, outcome, title, body, changed_by, changed)
VALUES (sqlc.arg(id), sqlc.arg(tenant), sqlc.arg(service), sqlc.arg(kind), sqlc.arg(outcome), sqlc.arg(title), sqlc.arg(body),
    sqlc.arg(changed_by), sqlc.arg(changed))
ON CONFLICT (id) DO UPDATE SET service = excluded.service, outcome = excluded.outcome, title = excluded.title, body = excluded.body,
    changed_by = excluded.changed_by, changed = excluded.changed
WHERE templates.tenant = excluded.tenant;

-- name: DeleteTemplate :execrows
DELETE FROM templates WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);

-- name: Correspondence :one
SELECT * FROM correspondence WHERE tenant = sqlc.arg(tenant);

-- name: SaveCorrespondence :execrows
INSERT INTO correspondence (tenant, settings, revision) VALUES (sqlc.arg(tenant), sqlc.arg(settings), 1)
ON CONFLICT (tenant) DO UPDATE SET settings = excluded.settings, revision = correspondence.revision + 1
WHERE correspondence.revision = sqlc.arg(was);

-- name: LetterDraftsOf :many
SELECT * FROM letter_drafts WHERE case_id = sqlc.arg(case_id) AND staff = sqlc.arg(staff) AND tenant = sqlc.arg(tenant) ORDER BY kind;

-- name: SaveLetterDraft :exec
INSERT INTO letter_drafts (tenant, case_id, staff, kind, dossier, changed, body)
VALUES (sqlc.arg(tenant), sqlc.arg(case_id), sqlc.arg(staff), sqlc.arg(kind), sqlc.arg(dossier), sqlc.arg(changed), sqlc.arg(body))
ON CONFLICT (case_id, staff, kind) DO UPDATE SET changed = excluded.changed, body = excluded.body;

-- name: DeleteLetterDraft :exec
DELETE FROM letter_drafts WHERE case_id = sqlc.arg(case_id) AND staff = sqlc.arg(staff) AND kind = sqlc.arg(kind) AND tenant = sqlc.arg(tenant);

-- name: UpsertProposal :exec
INSERT INTO proposals (id, case_id, tenant, dossier, outcome, author, author_name, created, checked, checker, checker_name, verdict, letter, note)
VALUES (sqlc.arg(id), sqlc.arg(case_id), sqlc.arg(tenant), sqlc.arg(dossier), sqlc.arg(outcome), sqlc.arg(author), sqlc.arg(author_name),
    sqlc.arg(created), sqlc.arg(checked), sqlc.arg(checker), sqlc.arg(checker_name), sqlc.arg(verdict), sqlc.arg(letter), sqlc.arg(note))
ON CONFLICT (id) DO UPDATE SET checked = excluded.checked, checker = excluded.checker, checker_name = excluded.checker_name,
    verdict = excluded.verdict, note = excluded.note
WHERE proposals.case_id = excluded.case_id AND proposals.tenant = excluded.tenant AND proposals.checked = 0;

-- name: ProposalsOf :many
SELECT * FROM proposals WHERE case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) ORDER BY created, id;

-- name: UpsertOpinion :exec
INSERT INTO opinions (id, case_id, tenant, dossier, submission, pointers, code, author, author_name, created, expires, opened, revoked,
    answered, email, question, name, answer)
VALUES (sqlc.arg(id), sqlc.arg(case_id), sqlc.arg(tenant), sqlc.arg(dossier), sqlc.arg(submission), sqlc.arg(pointers), sqlc.arg(code),
    sqlc.arg(author), sqlc.arg(author_name), sqlc.arg(created), sqlc.arg(expires), sqlc.arg(opened), sqlc.arg(revoked), sqlc.arg(answered),
    sqlc.arg(email), sqlc.arg(question), sqlc.arg(name), sqlc.arg(answer))
ON CONFLICT (id) DO UPDATE SET revoked = excluded.revoked, answered = excluded.answered, name = excluded.name, answer = excluded.answer
WHERE opinions.case_id = excluded.case_id AND opinions.tenant = excluded.tenant;

-- name: OpinionsOf :many
SELECT * FROM opinions WHERE case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) ORDER BY created, id;

-- name: OpenOpinion :execrows
UPDATE opinions SET opened = sqlc.arg(now) WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND opened = 0;

-- name: RequestsDue :many
SELECT sqlc.embed(r) FROM requests r JOIN cases c ON c.id = r.case_id AND c.tenant = r.tenant
WHERE r.answered = 0 AND r.recalled = 0 AND c.state = 'waiting_applicant'
    AND (r.remind > 0 AND r.remind <= sqlc.arg(now) OR r.lapsed = 0 AND r.due <= sqlc.arg(past))
ORDER BY r.due, r.id LIMIT sqlc.arg(most);

-- name: MarkRequest :execrows
UPDATE requests SET remind = 0, reminded = sqlc.arg(reminded), lapsed = sqlc.arg(lapsed)
WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND answered = 0 AND recalled = 0 AND reminded = sqlc.arg(was_reminded) AND lapsed = 0;

-- name: CaseUnread :exec
UPDATE cases SET unread = TRUE WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);
