-- What an office writes with: texts to begin with, half-written letters, decisions that wait for a second pair of eyes, and what
-- others are asked about a case. Requests learn comments on each field, and when to remind; decisions their seal.

-- +goose Up
CREATE TABLE templates (
    id         TEXT PRIMARY KEY,
    tenant     TEXT NOT NULL REFERENCES tenants (id),
    service    TEXT NOT NULL, -- '' for all
    kind       TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    title      TEXT NOT NULL,
    body       TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed    BIGINT NOT NULL
);
CREATE INDEX templates_tenant ON templates (tenant, kind, title, id);

CREATE TABLE correspondence (
    tenant   TEXT PRIMARY KEY REFERENCES tenants (id),
    settings TEXT NOT NULL,
    revision BIGINT NOT NULL
);

CREATE TABLE letter_drafts (
    tenant  TEXT NOT NULL,
    case_id TEXT NOT NULL REFERENCES cases (id),
    staff   TEXT NOT NULL,
    kind    TEXT NOT NULL,
    dossier TEXT NOT NULL,
    changed BIGINT NOT NULL,
    body    BYTEA NOT NULL,
    PRIMARY KEY (case_id, staff, kind)
);

CREATE TABLE proposals (
    id           TEXT PRIMARY KEY,
    case_id      TEXT NOT NULL REFERENCES cases (id),
    tenant       TEXT NOT NULL,
    dossier      TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    author       TEXT NOT NULL,
    author_name  TEXT NOT NULL,
    created      BIGINT NOT NULL,
    checked      BIGINT NOT NULL,
    checker      TEXT NOT NULL,
    checker_name TEXT NOT NULL,
    verdict      TEXT NOT NULL,
    letter       BYTEA NOT NULL,
    note         BYTEA NOT NULL
);
CREATE INDEX proposals_case ON proposals (case_id, created);

CREATE TABLE opinions (
    id          TEXT PRIMARY KEY,
    case_id     TEXT NOT NULL REFERENCES cases (id),
    tenant      TEXT NOT NULL,
    dossier     TEXT NOT NULL,
    submission  TEXT NOT NULL,
    pointers    TEXT NOT NULL,
    code        TEXT NOT NULL, -- hex of the code's MAC
    author      TEXT NOT NULL,
    author_name TEXT NOT NULL,
    created     BIGINT NOT NULL,
    expires     BIGINT NOT NULL,
    opened      BIGINT NOT NULL,
    revoked     BIGINT NOT NULL,
    answered    BIGINT NOT NULL,
    email       BYTEA NOT NULL,
    question    BYTEA NOT NULL,
    name        BYTEA NOT NULL,
    answer      BYTEA NOT NULL
);
CREATE INDEX opinions_case ON opinions (case_id, created);
CREATE INDEX opinions_code ON opinions (code);

ALTER TABLE requests ADD COLUMN comments BYTEA NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN remind BIGINT NOT NULL DEFAULT 0; -- when to remind, 0: not, or it was done
ALTER TABLE requests ADD COLUMN reminded BIGINT NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN lapsed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX requests_remind ON requests (remind) WHERE remind > 0 AND answered = 0 AND recalled = 0;
CREATE INDEX requests_lapse ON requests (due) WHERE lapsed = 0 AND answered = 0 AND recalled = 0;

ALTER TABLE decisions ADD COLUMN approver TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN approver_name TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN digest BYTEA NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN seal_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN seal BYTEA NOT NULL DEFAULT '';
