-- Text compares by bytes; rows are the authority's own.

-- +goose Up
-- +goose StatementBegin
DO $$
DECLARE
    c RECORD;
    t TEXT;
BEGIN
    FOR c IN SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'text' AND table_name IN ('bulks', 'bulk_items', 'exports', 'export_templates')
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE TEXT COLLATE "C"', c.table_name, c.column_name);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['bulks', 'bulk_items', 'exports', 'export_templates'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant_only ON %I USING (tenant = (SELECT current_setting(''app.tenant'', true)) OR (SELECT current_setting(''app.system'', true)) <> '''')', t);
    END LOOP;
END
$$;
-- +goose StatementEnd
ALTER TABLE bulks ALTER COLUMN params SET STORAGE EXTERNAL;
ALTER TABLE exports ALTER COLUMN spec SET STORAGE EXTERNAL;
