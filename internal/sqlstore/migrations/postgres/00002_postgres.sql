-- What only PostgreSQL has: the server's role, row-level security, and storage without compression.
-- The scope of a transaction lies in settings that internal/sqlstore sets for its length:
-- app.tenant   id of the tenant it acts for
-- app.account, app.codes  the subject: account id, and hex hashes of recovery codes separated by commas
-- app.dossiers ids separated by commas that a query under the subject's own policy proved to be the subject's
-- app.system   the reason of a statement across tenants
-- Unset or '' matches nothing. FORCE binds the owner too: a later migration that moves rows sets app.system first.

-- +goose Up
-- +goose StatementBegin
DO $$
BEGIN
    -- Roles belong to the cluster: the migration of another database may create or grant it at the same moment.
    FOR i IN 1..100 LOOP
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'antragswerk_app') THEN
                CREATE ROLE antragswerk_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
            END IF;
            IF NOT pg_has_role(current_user, 'antragswerk_app', 'MEMBER') THEN
                EXECUTE format('GRANT antragswerk_app TO %I', current_user);
            END IF;
            EXIT;
        EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN
            PERFORM pg_sleep(0.05);
        END;
    END LOOP;
END
$$;
-- +goose StatementEnd

-- Blind search terms of cases: term is a truncated HMAC under the tenant's key.
CREATE TABLE case_terms (
    tenant   TEXT NOT NULL,
    term     BYTEA NOT NULL,
    received BIGINT NOT NULL,
    case_id  TEXT NOT NULL,
    PRIMARY KEY (tenant, term, received, case_id)
);

-- Text compares by bytes, as on SQLite, whatever the server's language: pages continue where the last one ended.
-- +goose StatementBegin
DO $$
DECLARE
    c RECORD;
BEGIN
    FOR c IN SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'text' AND table_name NOT LIKE 'goose%'
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE TEXT COLLATE "C"', c.table_name, c.column_name);
    END LOOP;
END
$$;
-- +goose StatementEnd

GRANT USAGE ON SCHEMA public TO antragswerk_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO antragswerk_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO antragswerk_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO antragswerk_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO antragswerk_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO antragswerk_app;
REVOKE UPDATE, DELETE, TRUNCATE ON events FROM antragswerk_app;
REVOKE INSERT, UPDATE, DELETE ON goose_db_version FROM antragswerk_app;

-- Public data: everybody reads, the tenant or the system writes.
-- +goose StatementBegin
DO $$
DECLARE
    t TEXT;
    col TEXT;
    a_tenant CONSTANT TEXT := '(SELECT current_setting(''app.tenant'', true))';
    a_system CONSTANT TEXT := '(SELECT current_setting(''app.system'', true)) <> ''''';
    a_dossiers CONSTANT TEXT := 'ANY (CAST((SELECT string_to_array(current_setting(''app.dossiers'', true), '','')) AS TEXT[]))';
BEGIN
    FOREACH t IN ARRAY ARRAY['tenants', 'logos', 'regions', 'form_versions', 'offerings', 'overlays', 'directory_version',
        'appointments', 'colleagues', 'accounts', 'sessions', 'dossiers', 'drafts', 'attachments', 'cases', 'submissions', 'messages',
        'requests', 'notes', 'decisions', 'payments', 'routes', 'deliveries', 'events', 'case_terms', 'file_counters', 'feedback']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    END LOOP;

    -- The directory is public; its rows are written by the tenant whose they are, or by the system.
    FOREACH t IN ARRAY ARRAY['tenants', 'logos', 'regions', 'form_versions', 'offerings', 'overlays', 'directory_version'] LOOP
        EXECUTE format('CREATE POLICY public_read ON %I FOR SELECT USING (true)', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['tenants', 'logos', 'offerings', 'overlays'] LOOP
        col := CASE t WHEN 'tenants' THEN 'id' ELSE 'tenant' END;
        EXECUTE format('CREATE POLICY tenant_write ON %I USING (%I = %s OR %s)', t, col, a_tenant, a_system);
    END LOOP;
    EXECUTE format('CREATE POLICY bump ON directory_version USING (%s <> '''' OR %s)', a_tenant, a_system);

    -- Across tenants: the system alone.
    FOREACH t IN ARRAY ARRAY['regions', 'form_versions', 'accounts', 'sessions'] LOOP
        EXECUTE format('CREATE POLICY system_only ON %I USING (%s)', t, a_system);
    END LOOP;

    -- The authority's own.
    FOREACH t IN ARRAY ARRAY['appointments', 'colleagues', 'notes', 'routes', 'deliveries', 'case_terms', 'file_counters', 'feedback'] LOOP
        EXECUTE format('CREATE POLICY tenant_only ON %I USING (tenant = %s OR %s)', t, a_tenant, a_system);
    END LOOP;
    -- An application brings its search terms along, but its sender reads none.
    EXECUTE format('CREATE POLICY subject_files ON case_terms FOR INSERT WITH CHECK (tenant = (SELECT d.tenant FROM dossiers d WHERE d.id = %s LIMIT 1))', a_dossiers);

    -- The applicant's and the authority's.
    EXECUTE format('CREATE POLICY tenant_or_subject ON dossiers USING (tenant = %s OR %s OR (account <> '''' AND account = (SELECT current_setting(''app.account'', true))) OR (code <> '''' AND code = ANY (CAST((SELECT string_to_array(current_setting(''app.codes'', true), '','')) AS TEXT[]))))', a_tenant, a_system);
    FOREACH t IN ARRAY ARRAY['drafts', 'attachments', 'cases', 'submissions', 'messages', 'requests', 'decisions', 'payments', 'events'] LOOP
        EXECUTE format('CREATE POLICY tenant_or_subject ON %I USING (tenant = %s OR dossier = %s OR %s)', t, a_tenant, a_dossiers, a_system);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- Sealed bytes do not compress; trying costs 40 % of the insert rate.
ALTER TABLE dossiers ALTER COLUMN key SET STORAGE EXTERNAL;
ALTER TABLE drafts ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE attachments ALTER COLUMN name SET STORAGE EXTERNAL;
ALTER TABLE cases ALTER COLUMN columns SET STORAGE EXTERNAL;
ALTER TABLE submissions ALTER COLUMN answers SET STORAGE EXTERNAL;
ALTER TABLE messages ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE requests ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE notes ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE decisions ALTER COLUMN letter SET STORAGE EXTERNAL;
ALTER TABLE feedback ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE form_versions ALTER COLUMN package SET STORAGE EXTERNAL;
ALTER TABLE logos ALTER COLUMN body SET STORAGE EXTERNAL;
