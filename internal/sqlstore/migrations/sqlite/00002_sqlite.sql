-- What only SQLite has: a table that is its own index, and triggers where PostgreSQL has grants.

-- +goose Up
-- Blind search terms of cases: term is a truncated HMAC under the tenant's key.
CREATE TABLE case_terms (
    tenant   TEXT NOT NULL,
    term     BYTEA NOT NULL,
    received BIGINT NOT NULL,
    case_id  TEXT NOT NULL,
    PRIMARY KEY (tenant, term, received, case_id)
) WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd
