-- name: InsertLink :exec
INSERT INTO case_links (tenant, case_id, other, kind, author, author_name, created)
VALUES (sqlc.arg(tenant), sqlc.arg(case_id), sqlc.arg(other), sqlc.arg(kind), sqlc.arg(author), sqlc.arg(author_name), sqlc.arg(created))
ON CONFLICT (case_id, other) DO UPDATE SET kind = excluded.kind, author = excluded.author, author_name = excluded.author_name, created = excluded.created
WHERE case_links.tenant = excluded.tenant;

-- name: LinksOf :many
SELECT sqlc.embed(l), c.file_number, c.state, c.service FROM case_links l JOIN cases c ON c.id = l.other AND c.tenant = l.tenant
WHERE l.case_id = sqlc.arg(case_id) AND l.tenant = sqlc.arg(tenant) ORDER BY l.created, l.other LIMIT 100;

-- name: DossierOfCase :one
SELECT dossier FROM cases WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);

-- name: TwinsOf :many
SELECT sqlc.embed(c), d.key FROM cases m
JOIN cases c ON c.tenant = m.tenant AND c.twin = m.twin AND c.twin <> '' AND c.id <> m.id
JOIN dossiers d ON d.id = c.dossier AND d.tenant = c.tenant
WHERE m.id = sqlc.arg(id) AND m.tenant = sqlc.arg(tenant) AND m.twin <> ''
    AND (c.received >= sqlc.arg(since) OR c.state NOT IN ('decided', 'closed', 'withdrawn', 'forwarded'))
    AND NOT EXISTS (SELECT 1 FROM case_links l WHERE l.case_id = m.id AND l.other = c.id AND l.tenant = m.tenant)
ORDER BY c.received DESC, c.id DESC LIMIT sqlc.arg(most);

-- name: TasksOf :many
SELECT * FROM tasks WHERE case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) AND dropped = 0 ORDER BY created, id LIMIT 500;

-- name: UpsertTask :execrows
INSERT INTO tasks (id, case_id, tenant, dossier, item, assignee, assignee_name, due, author, author_name, created, done, done_by, done_by_name, dropped, body)
VALUES (sqlc.arg(id), sqlc.arg(case_id), sqlc.arg(tenant), sqlc.arg(dossier), sqlc.arg(item), sqlc.arg(assignee), sqlc.arg(assignee_name), sqlc.arg(due),
    sqlc.arg(author), sqlc.arg(author_name), sqlc.arg(created), sqlc.arg(done), sqlc.arg(done_by), sqlc.arg(done_by_name), sqlc.arg(dropped), sqlc.arg(body))
ON CONFLICT (id) DO UPDATE SET done = excluded.done, done_by = excluded.done_by, done_by_name = excluded.done_by_name, dropped = excluded.dropped,
    assignee = excluded.assignee, assignee_name = excluded.assignee_name, due = excluded.due
WHERE tasks.case_id = excluded.case_id AND tasks.tenant = excluded.tenant;

-- name: AnnotationOf :one
SELECT * FROM annotations WHERE case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant);

-- name: UpsertAnnotation :execrows
INSERT INTO annotations (case_id, tenant, dossier, revision, author, author_name, changed, content)
VALUES (sqlc.arg(case_id), sqlc.arg(tenant), sqlc.arg(dossier), sqlc.arg(revision), sqlc.arg(author), sqlc.arg(author_name), sqlc.arg(changed), sqlc.arg(content))
ON CONFLICT (case_id) DO UPDATE SET revision = excluded.revision, author = excluded.author, author_name = excluded.author_name, changed = excluded.changed,
    content = excluded.content
WHERE annotations.tenant = excluded.tenant AND annotations.revision = excluded.revision - 1;

-- name: AnnotationForm :one
SELECT * FROM annotation_forms WHERE tenant = sqlc.arg(tenant) AND service = sqlc.arg(service);

-- name: AnnotationForms :many
SELECT service FROM annotation_forms WHERE tenant = sqlc.arg(tenant) ORDER BY service;

-- name: UpsertAnnotationForm :exec
INSERT INTO annotation_forms (tenant, service, schema, ui, changed)
VALUES (sqlc.arg(tenant), sqlc.arg(service), sqlc.arg(schema), sqlc.arg(ui), sqlc.arg(changed))
ON CONFLICT (tenant, service) DO UPDATE SET schema = excluded.schema, ui = excluded.ui, changed = excluded.changed;

-- name: DeleteAnnotationForm :exec
DELETE FROM annotation_forms WHERE tenant = sqlc.arg(tenant) AND service = sqlc.arg(service);
