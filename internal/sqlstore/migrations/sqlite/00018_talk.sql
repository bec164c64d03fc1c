-- A decision's letter and a proposal's are never written again: triggers where PostgreSQL has grants.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER decisions_no_update BEFORE UPDATE OF id, case_id, tenant, dossier, outcome, author, author_name, created, deemed, letter,
    approver, approver_name, digest, seal_kind, seal ON decisions BEGIN
    SELECT RAISE(ABORT, 'a decision is never changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_no_update BEFORE UPDATE OF id, case_id, tenant, dossier, outcome, author, author_name, created, letter ON proposals BEGIN
    SELECT RAISE(ABORT, 'a proposal is never changed');
END;
-- +goose StatementEnd
