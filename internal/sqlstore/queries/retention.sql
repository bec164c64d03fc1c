-- name: Retentions :many
SELECT * FROM retentions WHERE tenant = sqlc.arg(tenant) ORDER BY service;

-- name: UpsertRetention :exec
INSERT INTO retentions (tenant, service, decided, withdrawn, relocation)
VALUES (sqlc.arg(tenant), sqlc.arg(service), sqlc.arg(decided), sqlc.arg(withdrawn), sqlc.arg(relocation))
ON CONFLICT (tenant, service) DO UPDATE SET decided = excluded.decided, withdrawn = excluded.withdrawn, relocation = excluded.relocation;

-- name: ReplanCases :exec
UPDATE cases SET erase = 0, erase_told = 0 WHERE tenant = sqlc.arg(tenant) AND service = sqlc.arg(service)
    AND state IN ('decided', 'closed', 'withdrawn', 'forwarded') AND erase > 0;

-- name: CasesUnplanned :many
SELECT id, tenant, dossier, service, version, state, revision, changed, erase, erase_told FROM cases
WHERE erase = 0 AND state IN ('decided', 'closed', 'withdrawn', 'forwarded') AND id > sqlc.arg(after) ORDER BY id LIMIT sqlc.arg(most);

-- name: PlanErasure :exec
UPDATE cases SET erase = sqlc.arg(erase) WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND revision = sqlc.arg(revision) AND erase = 0;

-- name: CasesToTell :many
SELECT id, tenant, dossier, service, version, state, revision, changed, erase, erase_told FROM cases
WHERE erase > 0 AND hold = '' AND erase < sqlc.arg(before) AND erase_told = 0 ORDER BY erase, id LIMIT sqlc.arg(most);

-- name: ErasureTold :execrows
UPDATE cases SET erase = sqlc.arg(erase), erase_told = sqlc.arg(told)
WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND revision = sqlc.arg(revision) AND erase_told = 0 AND hold = '';

-- name: CasesToErase :many
SELECT id, tenant, dossier, service, version, state, revision, changed, erase, erase_told FROM cases
WHERE erase > 0 AND hold = '' AND erase <= sqlc.arg(at) AND erase_told > 0 ORDER BY erase, id LIMIT sqlc.arg(most);

-- name: DeleteCase :execrows
DELETE FROM cases WHERE id = sqlc.arg(id) AND tenant = sqlc.arg(tenant) AND revision = sqlc.arg(revision) AND hold = '' AND erase > 0
    AND erase <= sqlc.arg(at) AND erase_told > 0;

-- name: DeleteIdleAccounts :execrows
DELETE FROM accounts WHERE id IN (SELECT a.id FROM accounts a WHERE a.seen < sqlc.arg(before)
    AND NOT EXISTS (SELECT 1 FROM dossiers d WHERE d.account = a.id AND d.account <> '') ORDER BY a.seen, a.id LIMIT sqlc.arg(most));

-- name: AccountSeen :exec
UPDATE accounts SET seen = sqlc.arg(seen) WHERE id = sqlc.arg(id);
