-- Text compares by bytes; rows are the authority's own.

-- +goose Up
ALTER TABLE teams ALTER COLUMN tenant TYPE TEXT COLLATE "C";
ALTER TABLE absences ALTER COLUMN id TYPE TEXT COLLATE "C";
ALTER TABLE absences ALTER COLUMN tenant TYPE TEXT COLLATE "C";
ALTER TABLE absences ALTER COLUMN staff TYPE TEXT COLLATE "C";
ALTER TABLE absences ALTER COLUMN substitute TYPE TEXT COLLATE "C";
ALTER TABLE absences ALTER COLUMN first_day TYPE TEXT COLLATE "C";
ALTER TABLE absences ALTER COLUMN last_day TYPE TEXT COLLATE "C";
ALTER TABLE turns ALTER COLUMN tenant TYPE TEXT COLLATE "C";
ALTER TABLE turns ALTER COLUMN rule TYPE TEXT COLLATE "C";
ALTER TABLE mentions ALTER COLUMN id TYPE TEXT COLLATE "C";
ALTER TABLE mentions ALTER COLUMN tenant TYPE TEXT COLLATE "C";
ALTER TABLE mentions ALTER COLUMN case_id TYPE TEXT COLLATE "C";
ALTER TABLE mentions ALTER COLUMN note TYPE TEXT COLLATE "C";
ALTER TABLE mentions ALTER COLUMN staff TYPE TEXT COLLATE "C";
-- +goose StatementBegin
DO $$
DECLARE
    t TEXT;
BEGIN
    FOREACH t IN ARRAY ARRAY['teams', 'absences', 'turns', 'mentions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant_only ON %I USING (tenant = (SELECT current_setting(''app.tenant'', true)) OR (SELECT current_setting(''app.system'', true)) <> '''')', t);
    END LOOP;
END
$$;
-- +goose StatementEnd
