-- Text compares by bytes, and an authority sees its own rows alone.

-- +goose Up
ALTER TABLE cases ALTER COLUMN hold TYPE TEXT COLLATE "C";
ALTER TABLE retentions ALTER COLUMN tenant TYPE TEXT COLLATE "C";
ALTER TABLE retentions ALTER COLUMN service TYPE TEXT COLLATE "C";
ALTER TABLE retentions ENABLE ROW LEVEL SECURITY;
ALTER TABLE retentions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON retentions USING (tenant = (SELECT current_setting('app.tenant', true)) OR (SELECT current_setting('app.system', true)) <> '');
