-- Text compares by bytes, sealed bytes do not compress, and an authority sees its own rows alone.

-- +goose Up
-- +goose StatementBegin
DO $$
DECLARE
    c RECORD;
    t TEXT;
BEGIN
    FOR c IN SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'
        AND table_name IN ('views', 'desks', 'view_subscriptions', 'labels')
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE TEXT COLLATE "C"', c.table_name, c.column_name);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['views', 'desks', 'view_subscriptions', 'labels'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant_only ON %I USING (tenant = (SELECT current_setting(''app.tenant'', true)) OR (SELECT current_setting(''app.system'', true)) <> '''')', t);
    END LOOP;
END
$$;
-- +goose StatementEnd
ALTER TABLE views ALTER COLUMN body SET STORAGE EXTERNAL;
