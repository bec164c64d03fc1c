-- Large tables are looked after by what has changed, not by a fifth of them: lists read indexes alone where the visibility map is
-- up to date. Tenants differ by four powers of ten, and there are more of them than the planner remembers by itself.

-- +goose Up
ALTER TABLE cases SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE case_terms SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE cases ALTER COLUMN tenant SET STATISTICS 1000;
ALTER TABLE case_terms ALTER COLUMN tenant SET STATISTICS 1000;

-- Who acts for an authority is bound by the tenant alone, in a role of its own: a condition that asks for the applicant too would read
-- the row where the index says all. Other tables keep their policies, which hold for everybody.
-- +goose StatementBegin
DO $$
DECLARE
    t TEXT;
BEGIN
    FOR i IN 1..100 LOOP -- roles belong to the cluster: see migration 2
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'antragswerk_office') THEN
                CREATE ROLE antragswerk_office NOLOGIN NOSUPERUSER NOBYPASSRLS;
            END IF;
            IF NOT pg_has_role('antragswerk_app', 'antragswerk_office', 'MEMBER') THEN
                GRANT antragswerk_office TO antragswerk_app;
            END IF;
            EXIT;
        EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN
            PERFORM pg_sleep(0.05);
        END;
    END LOOP;
    FOREACH t IN ARRAY ARRAY['cases', 'case_terms'] LOOP
        EXECUTE format('ALTER POLICY %I ON %I TO antragswerk_app, CURRENT_USER', CASE t WHEN 'cases' THEN 'tenant_or_subject' ELSE 'tenant_only' END, t);
        EXECUTE format('CREATE POLICY office ON %I TO antragswerk_office USING (tenant = (SELECT current_setting(''app.tenant'', true)))', t);
    END LOOP;
END
$$;
-- +goose StatementEnd
-- It may do with each table what the server's role may, and no more: a later migration that takes something from the one takes it from both.
-- +goose StatementBegin
DO $$
DECLARE
    g RECORD;
BEGIN
    FOR g IN SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = 'antragswerk_app' AND table_schema = 'public' LOOP
        EXECUTE format('GRANT %s ON %I TO antragswerk_office', g.privilege_type, g.table_name);
    END LOOP;
    FOR g IN SELECT c.table_name, c.column_name, c.privilege_type FROM information_schema.role_column_grants c
        WHERE c.grantee = 'antragswerk_app' AND c.table_schema = 'public' AND NOT EXISTS (SELECT 1 FROM information_schema.role_table_grants t
            WHERE t.grantee = c.grantee AND t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.privilege_type = c.privilege_type) LOOP
        EXECUTE format('GRANT %s (%I) ON %I TO antragswerk_office', g.privilege_type, g.column_name, g.table_name);
    END LOOP;
END
$$;
-- +goose StatementEnd
GRANT USAGE ON SCHEMA public TO antragswerk_office;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO antragswerk_office;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO antragswerk_office;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO antragswerk_office;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO antragswerk_office;
