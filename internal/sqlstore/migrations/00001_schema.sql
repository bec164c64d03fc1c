-- The schema of both databases. Conventions:
-- ids are TEXT (UUIDv7); times are BIGINT microseconds UTC, 0 = never; nothing is NULL;
-- BYTEA columns hold bytes (SQLite takes any type name); JSON lies in TEXT and is never queried into.
-- Every table of a tenant has a column tenant; what belongs to an applicant has a column dossier besides.
-- What only one engine has (roles, row-level security, storage, triggers) lies in the folder of its name.

-- +goose Up
CREATE TABLE tenants (
    id        TEXT PRIMARY KEY CHECK (id <> ''),
    slug      TEXT NOT NULL UNIQUE,
    kind      TEXT NOT NULL,
    ars       TEXT NOT NULL,
    name      TEXT NOT NULL,
    profile   TEXT NOT NULL,
    logo_type TEXT NOT NULL,
    live      BOOLEAN NOT NULL,
    key       BYTEA NOT NULL,
    revision  BIGINT NOT NULL,
    created   BIGINT NOT NULL
);

CREATE TABLE logos (
    tenant     TEXT PRIMARY KEY REFERENCES tenants (id),
    media_type TEXT NOT NULL,
    body       BYTEA NOT NULL
);

CREATE TABLE regions (
    ars         TEXT NOT NULL,
    name        TEXT NOT NULL,
    level       TEXT NOT NULL,
    kind        TEXT NOT NULL,
    kreis       TEXT NOT NULL,
    verband     TEXT NOT NULL,
    fulfilling  TEXT NOT NULL,
    zip         TEXT NOT NULL,
    inhabitants BIGINT NOT NULL,
    slug        TEXT NOT NULL,
    valid_from  BIGINT NOT NULL,
    valid_to    BIGINT NOT NULL,
    successor   TEXT NOT NULL,
    PRIMARY KEY (ars, valid_from)
);

CREATE TABLE form_versions (
    id          TEXT PRIMARY KEY,
    service     TEXT NOT NULL,
    number      BIGINT NOT NULL,
    digest      TEXT NOT NULL,
    package     BYTEA NOT NULL,
    created_by  TEXT NOT NULL,
    created     BIGINT NOT NULL,
    approved_by TEXT NOT NULL,
    published   BIGINT NOT NULL,
    retired     BIGINT NOT NULL,
    UNIQUE (service, number),
    UNIQUE (service, digest)
);

CREATE TABLE offerings (
    tenant          TEXT NOT NULL REFERENCES tenants (id),
    service         TEXT NOT NULL,
    enabled         BOOLEAN NOT NULL,
    contact         TEXT NOT NULL,
    overlay         BYTEA NOT NULL,
    overlay_version BIGINT NOT NULL,
    updated         BIGINT NOT NULL,
    PRIMARY KEY (tenant, service)
);

-- Every overlay that ever was, because drafts and submissions pin one.
CREATE TABLE overlays (
    tenant  TEXT NOT NULL REFERENCES tenants (id),
    service TEXT NOT NULL,
    version BIGINT NOT NULL,
    overlay BYTEA NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (tenant, service, version)
);

-- One row that grows with every change of tenants, regions, offerings and published versions.
CREATE TABLE directory_version (
    id      BIGINT PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL
);
INSERT INTO directory_version (id, version) VALUES (1, 1);

CREATE TABLE appointments (
    id         TEXT PRIMARY KEY,
    tenant     TEXT NOT NULL REFERENCES tenants (id),
    email      TEXT NOT NULL,
    oidc_group TEXT NOT NULL,
    roles      TEXT NOT NULL -- separated by commas
);
CREATE INDEX appointments_tenant ON appointments (tenant);
CREATE INDEX appointments_email ON appointments (email);
CREATE INDEX appointments_group ON appointments (oidc_group);

-- Who has been at an authority's desk; id is the staff id.
CREATE TABLE colleagues (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    id     TEXT NOT NULL,
    name   TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE accounts (
    id           TEXT PRIMARY KEY,
    issuer       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    organisation BOOLEAN NOT NULL,
    created      BIGINT NOT NULL,
    UNIQUE (issuer, subject)
);

CREATE TABLE sessions (
    hash       BYTEA PRIMARY KEY,
    audience   TEXT NOT NULL,
    account    TEXT NOT NULL,
    identity   BYTEA NOT NULL,
    created    BIGINT NOT NULL,
    seen       BIGINT NOT NULL,
    expires    BIGINT NOT NULL,
    issuer_sid TEXT NOT NULL,
    subject    TEXT NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires);
CREATE INDEX sessions_sid ON sessions (issuer_sid) WHERE issuer_sid <> '';
CREATE INDEX sessions_subject ON sessions (subject) WHERE subject <> '';

-- The only home of a dossier's key: deleting the row destroys it.
CREATE TABLE dossiers (
    id      TEXT PRIMARY KEY,
    tenant  TEXT NOT NULL,
    service TEXT NOT NULL,
    account TEXT NOT NULL, -- '' without a login
    code    TEXT NOT NULL, -- hex of the recovery code's MAC, '' without one
    ars     TEXT NOT NULL,
    lang    TEXT NOT NULL,
    created BIGINT NOT NULL,
    key     BYTEA NOT NULL
);
CREATE INDEX dossiers_account ON dossiers (account, created) WHERE account <> '';
CREATE INDEX dossiers_code ON dossiers (code, created) WHERE code <> '';

CREATE TABLE drafts (
    dossier    TEXT PRIMARY KEY REFERENCES dossiers (id) ON DELETE CASCADE,
    tenant     TEXT NOT NULL,
    version    TEXT NOT NULL,
    overlay    BIGINT NOT NULL,
    revision   BIGINT NOT NULL,
    updated    BIGINT NOT NULL,
    expires    BIGINT NOT NULL,
    submission TEXT NOT NULL, -- '' until it was sent
    warned     BOOLEAN NOT NULL,
    content    BYTEA NOT NULL
);
CREATE INDEX drafts_expires ON drafts (expires) WHERE submission = '';
CREATE INDEX drafts_version ON drafts (version) WHERE submission = '';

CREATE TABLE attachments (
    id          TEXT PRIMARY KEY,
    dossier     TEXT NOT NULL REFERENCES dossiers (id) ON DELETE CASCADE,
    tenant      TEXT NOT NULL,
    pointer     TEXT NOT NULL,
    message     TEXT NOT NULL,
    name        BYTEA NOT NULL,
    blob_key    TEXT NOT NULL,
    bytes       BIGINT NOT NULL,
    media_type  TEXT NOT NULL,
    sha256      BYTEA NOT NULL,
    verdict     TEXT NOT NULL,
    from_office BOOLEAN NOT NULL,
    created     BIGINT NOT NULL
);
CREATE INDEX attachments_dossier ON attachments (dossier, created);
CREATE INDEX attachments_blob ON attachments (blob_key);

CREATE TABLE cases (
    id            TEXT PRIMARY KEY,
    tenant        TEXT NOT NULL,
    dossier       TEXT NOT NULL UNIQUE REFERENCES dossiers (id),
    service       TEXT NOT NULL,
    version       TEXT NOT NULL, -- form version of the first submission
    file_number   TEXT NOT NULL,
    state         TEXT NOT NULL,
    revision      BIGINT NOT NULL,
    assignee      TEXT NOT NULL, -- '' nobody
    assignee_name TEXT NOT NULL,
    received      BIGINT NOT NULL,
    deadline      BIGINT NOT NULL, -- 9223372036854775807: none, so that it sorts last
    changed       BIGINT NOT NULL,
    unread        BOOLEAN NOT NULL,
    forwarded_to  TEXT NOT NULL,
    columns       BYTEA NOT NULL,
    UNIQUE (tenant, file_number)
);
CREATE INDEX cases_received ON cases (tenant, received, id);
CREATE INDEX cases_state ON cases (tenant, state, received, id);
CREATE INDEX cases_assignee ON cases (tenant, assignee, received, id);
CREATE INDEX cases_service ON cases (tenant, service, received, id);
CREATE INDEX cases_unread ON cases (tenant, received, id) WHERE unread;
CREATE INDEX cases_deadline ON cases (tenant, deadline, id);
CREATE INDEX cases_changed ON cases (tenant, changed, id);
CREATE INDEX cases_version ON cases (version, state);

CREATE TABLE submissions (
    id          TEXT PRIMARY KEY,
    dossier     TEXT NOT NULL,
    tenant      TEXT NOT NULL,
    case_id     TEXT NOT NULL REFERENCES cases (id),
    version     TEXT NOT NULL,
    overlay     BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    request     TEXT NOT NULL,
    digest      BYTEA NOT NULL,
    receipt     BYTEA NOT NULL,
    file_number TEXT NOT NULL,
    level       TEXT NOT NULL,
    created     BIGINT NOT NULL,
    answers     BYTEA NOT NULL
);
CREATE INDEX submissions_case ON submissions (case_id, created);

CREATE TABLE messages (
    id          TEXT PRIMARY KEY,
    case_id     TEXT NOT NULL REFERENCES cases (id),
    tenant      TEXT NOT NULL,
    dossier     TEXT NOT NULL,
    from_office BOOLEAN NOT NULL,
    author      TEXT NOT NULL,
    author_name TEXT NOT NULL,
    created     BIGINT NOT NULL,
    seen        BIGINT NOT NULL, -- when the other side first opened it
    body        BYTEA NOT NULL
);
CREATE INDEX messages_case ON messages (case_id, created);

CREATE TABLE requests (
    id         TEXT PRIMARY KEY,
    case_id    TEXT NOT NULL REFERENCES cases (id),
    tenant     TEXT NOT NULL,
    dossier    TEXT NOT NULL,
    pointers   TEXT NOT NULL,
    due        BIGINT NOT NULL,
    created    BIGINT NOT NULL,
    answered   BIGINT NOT NULL,
    recalled   BIGINT NOT NULL,
    submission TEXT NOT NULL,
    body       BYTEA NOT NULL
);
CREATE INDEX requests_case ON requests (case_id, created);

CREATE TABLE notes (
    id          TEXT PRIMARY KEY,
    case_id     TEXT NOT NULL REFERENCES cases (id),
    tenant      TEXT NOT NULL,
    dossier     TEXT NOT NULL,
    author      TEXT NOT NULL,
    author_name TEXT NOT NULL,
    created     BIGINT NOT NULL,
    body        BYTEA NOT NULL
);
CREATE INDEX notes_case ON notes (case_id, created);

CREATE TABLE decisions (
    id          TEXT PRIMARY KEY,
    case_id     TEXT NOT NULL REFERENCES cases (id),
    tenant      TEXT NOT NULL,
    dossier     TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    author      TEXT NOT NULL,
    author_name TEXT NOT NULL,
    created     BIGINT NOT NULL,
    deemed      BIGINT NOT NULL,
    seen        BIGINT NOT NULL,
    letter      BYTEA NOT NULL
);
CREATE INDEX decisions_case ON decisions (case_id, created);

CREATE TABLE payments (
    id        TEXT PRIMARY KEY,
    case_id   TEXT NOT NULL REFERENCES cases (id),
    tenant    TEXT NOT NULL,
    dossier   TEXT NOT NULL,
    cents     BIGINT NOT NULL,
    items     TEXT NOT NULL,
    method    TEXT NOT NULL,
    created   BIGINT NOT NULL,
    paid      BIGINT NOT NULL,
    waived    BIGINT NOT NULL,
    failed    BIGINT NOT NULL,
    booked_by TEXT NOT NULL
);
CREATE INDEX payments_case ON payments (case_id, created);

CREATE TABLE routes (
    id        TEXT PRIMARY KEY,
    tenant    TEXT NOT NULL REFERENCES tenants (id),
    service   TEXT NOT NULL, -- '' for all
    connector TEXT NOT NULL,
    target    TEXT NOT NULL,
    secret    BYTEA NOT NULL,
    active    BOOLEAN NOT NULL,
    created   BIGINT NOT NULL
);
CREATE INDEX routes_tenant ON routes (tenant, created);

CREATE TABLE deliveries (
    id         TEXT PRIMARY KEY,
    tenant     TEXT NOT NULL,
    case_id    TEXT NOT NULL,
    submission TEXT NOT NULL,
    route      TEXT NOT NULL,
    connector  TEXT NOT NULL,
    target     TEXT NOT NULL,
    attempts   BIGINT NOT NULL,
    last_error TEXT NOT NULL,
    created    BIGINT NOT NULL,
    tried      BIGINT NOT NULL,
    delivered  BIGINT NOT NULL,
    dead       BIGINT NOT NULL
);
CREATE INDEX deliveries_undone ON deliveries (tenant, created, id) WHERE delivered = 0;
CREATE INDEX deliveries_done ON deliveries (tenant, created, id) WHERE delivered > 0;
CREATE INDEX deliveries_case ON deliveries (case_id);

-- Append-only; see the engines' own files.
CREATE TABLE events (
    id      TEXT PRIMARY KEY,
    tenant  TEXT NOT NULL,
    case_id TEXT NOT NULL, -- '' when it is about the tenant
    dossier TEXT NOT NULL, -- '' likewise
    actor   TEXT NOT NULL,
    kind    TEXT NOT NULL,
    data    TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX events_case ON events (case_id, at, id) WHERE case_id <> '';
CREATE INDEX events_tenant ON events (tenant, id);

CREATE TABLE file_counters (
    tenant TEXT NOT NULL,
    prefix TEXT NOT NULL,
    year   BIGINT NOT NULL,
    last   BIGINT NOT NULL, -- the last number that was reserved
    PRIMARY KEY (tenant, prefix, year)
);

CREATE TABLE feedback (
    id      TEXT PRIMARY KEY,
    tenant  TEXT NOT NULL,
    path    TEXT NOT NULL,
    barrier BOOLEAN NOT NULL,
    body    BYTEA NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX feedback_tenant ON feedback (tenant, created);
