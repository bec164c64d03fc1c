-- The chain of events (civic.Link, civic.Head): a link per event, a signed head per batch; docs/audit.md. Neither is ever changed.
-- events_erased says which events may be deleted: a chain that lost an event without such a row is broken.

-- +goose Up
CREATE TABLE audit_links (
    tenant TEXT NOT NULL,
    seq    BIGINT NOT NULL,
    event  TEXT NOT NULL,
    digest BYTEA NOT NULL,
    hash   BYTEA NOT NULL,
    PRIMARY KEY (tenant, seq)
);
CREATE UNIQUE INDEX audit_links_event ON audit_links (event);

CREATE TABLE audit_heads (
    tenant    TEXT NOT NULL,
    seq       BIGINT NOT NULL,
    hash      BYTEA NOT NULL,
    signed    BIGINT NOT NULL,
    signature BYTEA NOT NULL,
    PRIMARY KEY (tenant, seq)
);
CREATE INDEX audit_heads_signed ON audit_heads (tenant, signed, seq);

CREATE TABLE events_erased (
    event  TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    seq    BIGINT NOT NULL,
    at     BIGINT NOT NULL
);
