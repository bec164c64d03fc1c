-- Row-level security of invitations. app.invited holds hex hashes of invitation codes, separated by commas. Who holds a code reads
-- its invitation; the query that checks it (purpose, time, not revoked) puts the dossier into app.dossiers, and so opens it: to be
-- read and saved, not to be deleted.

-- +goose Up
ALTER TABLE invitations ALTER COLUMN id TYPE TEXT COLLATE "C";
ALTER TABLE invitations ALTER COLUMN dossier TYPE TEXT COLLATE "C";
ALTER TABLE invitations ALTER COLUMN tenant TYPE TEXT COLLATE "C";
ALTER TABLE invitations ALTER COLUMN code TYPE TEXT COLLATE "C";
ALTER TABLE invitations ALTER COLUMN name SET STORAGE EXTERNAL;
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
-- +goose StatementBegin
DO $$
DECLARE
    a_dossiers CONSTANT TEXT := 'ANY (CAST((SELECT string_to_array(current_setting(''app.dossiers'', true), '','')) AS TEXT[]))';
BEGIN
    EXECUTE format('CREATE POLICY tenant_or_subject ON invitations USING (tenant = (SELECT current_setting(''app.tenant'', true)) OR dossier = %s OR (SELECT current_setting(''app.system'', true)) <> '''')', a_dossiers);
    EXECUTE 'CREATE POLICY invited ON invitations FOR SELECT USING (code <> '''' AND code = ANY (CAST((SELECT string_to_array(current_setting(''app.invited'', true), '','')) AS TEXT[])))';
    EXECUTE format('CREATE POLICY invited_reads ON dossiers FOR SELECT USING (id = %s)', a_dossiers);
    EXECUTE format('CREATE POLICY invited_saves ON dossiers FOR UPDATE USING (id = %s)', a_dossiers);
END
$$;
-- +goose StatementEnd
