-- Views of the inbox, what each clerk has set for themselves, labels, and the mails about what is new in a view.

-- +goose Up
CREATE TABLE views (
    id       TEXT PRIMARY KEY,
    tenant   TEXT NOT NULL REFERENCES tenants (id),
    owner    TEXT NOT NULL, -- staff id; '' shared
    grp      TEXT NOT NULL, -- of a shared one: the group whose it is, '' everybody's
    position BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    updated  BIGINT NOT NULL,
    body     BYTEA NOT NULL
);
CREATE INDEX views_tenant ON views (tenant, owner, position, id);
CREATE TABLE desks (
    tenant       TEXT NOT NULL REFERENCES tenants (id),
    staff        TEXT NOT NULL,
    default_view TEXT NOT NULL, -- '' the first
    seen         BIGINT NOT NULL, -- last visit, to the day
    PRIMARY KEY (tenant, staff)
);
CREATE TABLE view_subscriptions (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    staff  TEXT NOT NULL,
    view   TEXT NOT NULL, -- id, or one that everybody has
    rhythm TEXT NOT NULL, -- now, daily, weekly
    since  BIGINT NOT NULL, -- what changed after that was not told
    next   BIGINT NOT NULL,
    PRIMARY KEY (tenant, staff, view)
);
CREATE INDEX view_subscriptions_next ON view_subscriptions (next);
CREATE TABLE labels (
    id       TEXT PRIMARY KEY,
    tenant   TEXT NOT NULL REFERENCES tenants (id),
    name     TEXT NOT NULL,
    colour   TEXT NOT NULL,
    position BIGINT NOT NULL
);
CREATE INDEX labels_tenant ON labels (tenant, position, id);
