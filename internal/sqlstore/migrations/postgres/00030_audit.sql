-- Text compares by bytes; rows are the authority's own; links and heads are never changed, an event goes when its erasure is on record.

-- +goose Up
-- +goose StatementBegin
DO $$
DECLARE
    c RECORD;
    t TEXT;
BEGIN
    FOR c IN SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'text' AND table_name IN ('audit_links', 'audit_heads', 'events_erased')
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE TEXT COLLATE "C"', c.table_name, c.column_name);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['audit_links', 'audit_heads', 'events_erased'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant_only ON %I USING (tenant = (SELECT current_setting(''app.tenant'', true)) OR (SELECT current_setting(''app.system'', true)) <> '''')', t);
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM antragswerk_app, antragswerk_office', t);
    END LOOP;
END
$$;
-- +goose StatementEnd
GRANT DELETE ON events TO antragswerk_app, antragswerk_office;
-- +goose StatementBegin
CREATE FUNCTION events_stay() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM events_erased x WHERE x.event = OLD.id AND x.tenant = OLD.tenant) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'events are append-only';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER events_no_delete BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION events_stay();
