-- name: InsertCase :exec
INSERT INTO cases (id, tenant, dossier, service, version, file_number, state, revision, assignee, assignee_name, received, deadline,
    changed, unread, forwarded_to, columns, grp, labels, paused, fiction, escalated, twin)
VALUES (sqlc.arg(id), sqlc.arg(tenant), sqlc.arg(dossier), sqlc.arg(service), sqlc.arg(version), sqlc.arg(file_number), sqlc.arg(state),
    sqlc.arg(revision), sqlc.arg(assignee), sqlc.arg(assignee_name), sqlc.arg(received), sqlc.arg(deadline), sqlc.arg(changed),
    sqlc.arg(unread), sqlc.arg(forwarded_to), sqlc.arg(columns), sqlc.arg(grp), sqlc.arg(labels), sqlc.arg(paused), sqlc.arg(fiction),
    sqlc.arg(escalated), sqlc.arg(twin));

-- name: CaseByID :one
SELECT sqlc.embed(c), sqlc.embed(d) FROM cases c JOIN dossiers d ON d.id = c.dossier
WHERE c.id = sqlc.arg(id) AND c.tenant = sqlc.arg(tenant);

-- name: CaseByDossier :one
SELECT sqlc.embed(c), sqlc.embed(d) FROM cases c JOIN dossiers d ON d.id = c.dossier
WHERE c.dossier = sqlc.arg(dossier) AND c.tenant = sqlc.arg(tenant);

-- name: UpdateCase :execrows
UPDATE cases SET state = sqlc.arg(state), revision = sqlc.arg(revision), assignee = sqlc.arg(assignee), assignee_name = sqlc.arg(assignee_name),
    deadline = sqlc.arg(deadline), changed = sqlc.arg(changed), unread = sqlc.arg(unread), forwarded_to = sqlc.arg(forwarded_to),
    columns = sqlc.arg(columns), grp = sqlc.arg(grp), labels = sqlc.arg(labels), paused = sqlc.arg(paused), fiction = sqlc.arg(fiction),
    escalated = sqlc.arg(escalated), hold = sqlc.arg(hold), held = sqlc.arg(held), erase = 0, erase_told = 0
WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND dossier = sqlc.arg(dossier) AND revision = sqlc.arg(was);

-- name: CaseExists :one
SELECT COUNT(*) FROM cases WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND dossier = sqlc.arg(dossier);

-- name: OpenedByOffice :one
UPDATE cases SET unread = FALSE WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) RETURNING dossier;

-- name: InsertSubmission :exec
INSERT INTO submissions (id, dossier, tenant, case_id, version, overlay, overlay_tenant, kind, request, digest, receipt, file_number, level, created, answers, reach)
VALUES (sqlc.arg(id), sqlc.arg(dossier), sqlc.arg(tenant), sqlc.arg(case_id), sqlc.arg(version), sqlc.arg(overlay), sqlc.arg(overlay_tenant), sqlc.arg(kind),
    sqlc.arg(request), sqlc.arg(digest), sqlc.arg(receipt), sqlc.arg(file_number), sqlc.arg(level), sqlc.arg(created), sqlc.arg(answers), sqlc.arg(reach));

-- name: Submission :one
SELECT * FROM submissions WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND dossier = sqlc.arg(dossier);

-- name: SubmissionsOf :many
SELECT * FROM submissions WHERE case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) ORDER BY created, id;

-- name: EventsOf :many
SELECT * FROM events WHERE case_id = sqlc.arg(case_id) AND case_id <> '' AND tenant = sqlc.arg(tenant) ORDER BY at, id;

-- name: TenantEvents :many
SELECT * FROM events WHERE tenant = sqlc.arg(tenant) AND id < sqlc.arg(before) ORDER BY id DESC LIMIT sqlc.arg(most);

-- name: UpsertPayment :exec
INSERT INTO payments (id, case_id, tenant, dossier, cents, items, method, created, paid, waived, failed, booked_by)
VALUES (sqlc.arg(id), sqlc.arg(case_id), sqlc.arg(tenant), sqlc.arg(dossier), sqlc.arg(cents), sqlc.arg(items), sqlc.arg(method),
    sqlc.arg(created), sqlc.arg(paid), sqlc.arg(waived), sqlc.arg(failed), sqlc.arg(booked_by))
ON CONFLICT (id) DO UPDATE SET method = excluded.method, paid = excluded.paid, waived = excluded.waived, failed = excluded.failed,
    booked_by = excluded.booked_by
WHERE payments.case_id = excluded.case_id AND payments.tenant = excluded.tenant;

-- name: PaymentOf :one
SELECT * FROM payments WHERE case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) ORDER BY created DESC, id DESC LIMIT 1;
