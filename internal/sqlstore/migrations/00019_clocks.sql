-- Days on which a clerk wants to see a case again, addresses of calendars, and figures counted ahead.

-- +goose Up
CREATE TABLE resubmissions (
    id         TEXT PRIMARY KEY,
    case_id    TEXT NOT NULL REFERENCES cases (id),
    tenant     TEXT NOT NULL,
    dossier    TEXT NOT NULL,
    staff      TEXT NOT NULL,
    staff_name TEXT NOT NULL,
    due        BIGINT NOT NULL, -- the beginning of its day
    created    BIGINT NOT NULL,
    done       BIGINT NOT NULL,
    told       BOOLEAN NOT NULL, -- a mail said so
    body       BYTEA NOT NULL
);
CREATE INDEX resubmissions_case ON resubmissions (case_id, due);
CREATE INDEX resubmissions_staff ON resubmissions (tenant, staff, due) WHERE done = 0;
CREATE INDEX resubmissions_due ON resubmissions (due) WHERE done = 0 AND told = FALSE;
CREATE TABLE calendar_feeds (
    tenant  TEXT NOT NULL REFERENCES tenants (id),
    staff   TEXT NOT NULL,
    hash    TEXT NOT NULL UNIQUE, -- hex of the address's SHA-256
    created BIGINT NOT NULL,
    PRIMARY KEY (tenant, staff)
);
CREATE TABLE figures (
    tenant TEXT PRIMARY KEY REFERENCES tenants (id),
    at     BIGINT NOT NULL,
    event  TEXT NOT NULL, -- the tenant's last one then: without a newer one nothing has changed
    mailed BIGINT NOT NULL,
    body   TEXT NOT NULL
);
CREATE INDEX cases_fiction ON cases (fiction, id) WHERE fiction > 0;
