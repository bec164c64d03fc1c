-- Row-level security and storage of what an office writes with; a decision's letter and a proposal's are never written again.

-- +goose Up
-- +goose StatementBegin
DO $$
DECLARE
    t TEXT;
    c RECORD;
    a_tenant CONSTANT TEXT := '(SELECT current_setting(''app.tenant'', true))';
    a_system CONSTANT TEXT := '(SELECT current_setting(''app.system'', true)) <> ''''';
BEGIN
    FOR c IN SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'text'
            AND (table_name IN ('templates', 'correspondence', 'letter_drafts', 'proposals', 'opinions')
                OR table_name = 'decisions' AND column_name IN ('approver', 'approver_name', 'seal_kind'))
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE TEXT COLLATE "C"', c.table_name, c.column_name);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['templates', 'correspondence', 'letter_drafts', 'proposals', 'opinions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant_only ON %I USING (tenant = %s OR %s)', t, a_tenant, a_system);
    END LOOP;
END
$$;
-- +goose StatementEnd
ALTER TABLE letter_drafts ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE proposals ALTER COLUMN letter SET STORAGE EXTERNAL;
ALTER TABLE proposals ALTER COLUMN note SET STORAGE EXTERNAL;
ALTER TABLE opinions ALTER COLUMN question SET STORAGE EXTERNAL;
ALTER TABLE opinions ALTER COLUMN answer SET STORAGE EXTERNAL;
ALTER TABLE requests ALTER COLUMN comments SET STORAGE EXTERNAL;
REVOKE UPDATE ON decisions, proposals FROM antragswerk_app;
GRANT UPDATE (seen) ON decisions TO antragswerk_app;
GRANT UPDATE (checked, checker, checker_name, verdict, note) ON proposals TO antragswerk_app;
