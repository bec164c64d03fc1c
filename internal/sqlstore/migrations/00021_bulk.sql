-- Many cases at once, and lists on their way out.

-- +goose Up
CREATE TABLE bulks (
    id        TEXT PRIMARY KEY,
    tenant    TEXT NOT NULL,
    kind      TEXT NOT NULL, -- '' while its cases are chosen
    actor     TEXT NOT NULL,
    roles     TEXT NOT NULL, -- separated by commas
    undoes    TEXT NOT NULL,
    undone    TEXT NOT NULL,
    created   BIGINT NOT NULL,
    started   BIGINT NOT NULL,
    finished  BIGINT NOT NULL,
    cancelled BIGINT NOT NULL,
    params    BYTEA NOT NULL
);
CREATE INDEX bulks_tenant ON bulks (tenant, id);
CREATE INDEX bulks_created ON bulks (created);

CREATE TABLE bulk_items (
    bulk     TEXT NOT NULL REFERENCES bulks (id) ON DELETE CASCADE,
    seq      BIGINT NOT NULL,
    tenant   TEXT NOT NULL,
    case_id  TEXT NOT NULL,
    revision BIGINT NOT NULL,
    state    TEXT NOT NULL, -- open, done, failed
    was      TEXT NOT NULL, -- JSON, '' nothing was changed
    error    TEXT NOT NULL,
    args     TEXT NOT NULL, -- JSON
    PRIMARY KEY (bulk, seq)
);
CREATE INDEX bulk_items_state ON bulk_items (bulk, state, seq);
CREATE UNIQUE INDEX bulk_items_case ON bulk_items (bulk, case_id);

CREATE TABLE exports (
    id        TEXT PRIMARY KEY,
    tenant    TEXT NOT NULL,
    actor     TEXT NOT NULL,
    roles     TEXT NOT NULL,
    template  TEXT NOT NULL,
    format    TEXT NOT NULL,
    run       TEXT NOT NULL, -- of the job that makes it now
    done      BIGINT NOT NULL, -- rows
    bytes     BIGINT NOT NULL,
    sha256    TEXT NOT NULL, -- hex
    blob      TEXT NOT NULL,
    created   BIGINT NOT NULL,
    beat      BIGINT NOT NULL,
    finished  BIGINT NOT NULL,
    failed    BIGINT NOT NULL,
    cancelled BIGINT NOT NULL,
    expires   BIGINT NOT NULL,
    spec      BYTEA NOT NULL
);
CREATE INDEX exports_tenant ON exports (tenant, id);
CREATE INDEX exports_expires ON exports (expires);

CREATE TABLE export_templates (
    id      TEXT PRIMARY KEY,
    tenant  TEXT NOT NULL,
    name    TEXT NOT NULL,
    format  TEXT NOT NULL,
    service TEXT NOT NULL,
    columns TEXT NOT NULL, -- JSON list of keys
    roles   TEXT NOT NULL, -- separated by commas
    owner   TEXT NOT NULL,
    updated BIGINT NOT NULL
);
CREATE INDEX export_templates_tenant ON export_templates (tenant, name);
