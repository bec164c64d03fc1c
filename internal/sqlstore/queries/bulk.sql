-- name: InsertBulk :exec
INSERT INTO bulks (id, tenant, kind, actor, roles, undoes, undone, created, started, finished, cancelled, params)
VALUES (sqlc.arg(id), sqlc.arg(tenant), sqlc.arg(kind), sqlc.arg(actor), sqlc.arg(roles), sqlc.arg(undoes), '', sqlc.arg(created), sqlc.arg(started), 0, 0, sqlc.arg(params));

-- name: BulkByID :one
SELECT * FROM bulks WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant);

-- name: BulksOf :many
SELECT * FROM bulks WHERE tenant = sqlc.arg(tenant) AND id < sqlc.arg(before) AND started > 0 AND (actor = sqlc.arg(actor) OR CAST(sqlc.arg(everybody) AS BIGINT) = 1)
ORDER BY id DESC LIMIT sqlc.arg(most);

-- name: BulkCounts :many
SELECT state, COUNT(*) AS n FROM bulk_items WHERE bulk = sqlc.arg(bulk) AND tenant = sqlc.arg(tenant) GROUP BY state;

-- name: BulkItems :many
SELECT i.seq, i.case_id, i.revision, i.state, i.was, i.error, i.args, CAST(COALESCE(c.file_number, '') AS TEXT) AS file_number,
    CAST(COALESCE(c.service, '') AS TEXT) AS service, CAST(COALESCE(c.state, '') AS TEXT) AS case_state FROM bulk_items i
LEFT JOIN cases c ON c.id = i.case_id AND c.tenant = i.tenant
WHERE i.bulk = sqlc.arg(bulk) AND i.tenant = sqlc.arg(tenant) AND i.state = sqlc.arg(state) AND i.seq > sqlc.arg(after) ORDER BY i.seq LIMIT sqlc.arg(most);

-- name: StartBulk :execrows
UPDATE bulks SET kind = sqlc.arg(kind), roles = sqlc.arg(roles), params = sqlc.arg(params), started = sqlc.arg(started)
WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND started = 0;

-- name: FinishBulk :execrows
UPDATE bulks SET finished = sqlc.arg(now) WHERE bulks.id = sqlc.arg(id) AND bulks.tenant = sqlc.arg(tenant) AND bulks.finished = 0 AND bulks.started > 0
    AND NOT EXISTS (SELECT 1 FROM bulk_items i WHERE i.bulk = bulks.id AND i.tenant = bulks.tenant AND i.state = 'open');

-- name: CancelBulk :execrows
UPDATE bulks SET cancelled = sqlc.arg(now) WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND finished = 0 AND cancelled = 0 AND started > 0;

-- name: ResumeBulk :execrows
UPDATE bulks SET finished = 0, cancelled = 0 WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND (finished > 0 OR cancelled > 0) AND undone = '';

-- name: ReopenItems :execrows
UPDATE bulk_items SET state = 'open', error = '', args = '{}',
    revision = COALESCE((SELECT c.revision FROM cases c WHERE c.id = bulk_items.case_id AND c.tenant = bulk_items.tenant), 0)
WHERE bulk_items.bulk = sqlc.arg(bulk) AND bulk_items.tenant = sqlc.arg(tenant) AND bulk_items.state = 'failed';

-- name: UndoneBulk :execrows
UPDATE bulks SET undone = sqlc.arg(undone) WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND undone = '' AND (finished > 0 OR cancelled > 0);

-- name: UndoItems :execrows
INSERT INTO bulk_items (bulk, seq, tenant, case_id, revision, state, was, error, args)
SELECT CAST(sqlc.arg(bulk) AS TEXT), i.seq, i.tenant, i.case_id, i.revision, 'open', i.was, '', '{}' FROM bulk_items i
WHERE i.bulk = sqlc.arg(undoes) AND i.tenant = sqlc.arg(tenant) AND i.state = 'done' AND i.was <> '';

-- name: DoneItem :execrows
UPDATE bulk_items SET state = 'done', was = CASE WHEN CAST(sqlc.arg(was) AS TEXT) = '' THEN was ELSE sqlc.arg(was) END, error = '', args = '{}'
WHERE bulk_items.bulk = sqlc.arg(bulk) AND bulk_items.case_id = sqlc.arg(case_id) AND bulk_items.tenant = sqlc.arg(tenant) AND bulk_items.state = 'open'
    AND EXISTS (SELECT 1 FROM bulks b WHERE b.id = bulk_items.bulk AND b.tenant = bulk_items.tenant AND b.cancelled = 0);

-- name: FailItem :execrows
UPDATE bulk_items SET state = 'failed', error = sqlc.arg(error), args = sqlc.arg(args)
WHERE bulk = sqlc.arg(bulk) AND case_id = sqlc.arg(case_id) AND tenant = sqlc.arg(tenant) AND state = 'open';

-- name: DeleteBulks :execrows
DELETE FROM bulks WHERE (created < sqlc.arg(before) OR created < sqlc.arg(unstarted) AND started = 0);

