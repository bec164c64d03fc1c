-- Triggers where PostgreSQL has grants: links and heads are never changed, an event goes when its erasure is on record.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER audit_links_no_update BEFORE UPDATE ON audit_links BEGIN
    SELECT RAISE(ABORT, 'the chain of events is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_links_no_delete BEFORE DELETE ON audit_links BEGIN
    SELECT RAISE(ABORT, 'the chain of events is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_heads_no_update BEFORE UPDATE ON audit_heads BEGIN
    SELECT RAISE(ABORT, 'the chain of events is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_heads_no_delete BEFORE DELETE ON audit_heads BEGIN
    SELECT RAISE(ABORT, 'the chain of events is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_erased_no_update BEFORE UPDATE ON events_erased BEGIN
    SELECT RAISE(ABORT, 'the record of erasures is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_erased_no_delete BEFORE DELETE ON events_erased BEGIN
    SELECT RAISE(ABORT, 'the record of erasures is append-only');
END;
-- +goose StatementEnd
DROP TRIGGER events_no_delete;
-- +goose StatementBegin
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
WHEN NOT EXISTS (SELECT 1 FROM events_erased x WHERE x.event = OLD.id AND x.tenant = OLD.tenant) BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd
