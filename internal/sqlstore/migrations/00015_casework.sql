-- What the desk finds beside a case and writes down while it works on it.

-- +goose Up
ALTER TABLE cases ADD COLUMN twin TEXT NOT NULL DEFAULT ''; -- hex of the blind term that cases of the same matter share, '' none
CREATE INDEX cases_twin ON cases (tenant, twin, received, id) WHERE twin <> '';

-- What two cases of an office have to do with each other, once from each side.
CREATE TABLE case_links (
    tenant      TEXT NOT NULL,
    case_id     TEXT NOT NULL REFERENCES cases (id),
    other       TEXT NOT NULL REFERENCES cases (id),
    kind        TEXT NOT NULL, -- holds: other was merged into it; into: it was merged into other; distinct
    author      TEXT NOT NULL,
    author_name TEXT NOT NULL,
    created     BIGINT NOT NULL,
    PRIMARY KEY (case_id, other)
);

-- What is to be done on a case: ticks of the form's checklist, and what the office adds.
CREATE TABLE tasks (
    id            TEXT PRIMARY KEY,
    case_id       TEXT NOT NULL REFERENCES cases (id),
    tenant        TEXT NOT NULL,
    dossier       TEXT NOT NULL,
    item          TEXT NOT NULL, -- of the checklist, '' when the office added it
    assignee      TEXT NOT NULL,
    assignee_name TEXT NOT NULL,
    due           BIGINT NOT NULL, -- 0 none
    author        TEXT NOT NULL,
    author_name   TEXT NOT NULL,
    created       BIGINT NOT NULL,
    done          BIGINT NOT NULL, -- 0 open
    done_by       TEXT NOT NULL,
    done_by_name  TEXT NOT NULL,
    dropped       BIGINT NOT NULL, -- 0 not
    body          BYTEA NOT NULL
);
CREATE INDEX tasks_case ON tasks (case_id, created);
CREATE UNIQUE INDEX tasks_item ON tasks (case_id, item) WHERE item <> '';

-- Private annotations: answers of the office to a small form of its own.
CREATE TABLE annotations (
    case_id     TEXT PRIMARY KEY REFERENCES cases (id),
    tenant      TEXT NOT NULL,
    dossier     TEXT NOT NULL,
    revision    BIGINT NOT NULL,
    author      TEXT NOT NULL,
    author_name TEXT NOT NULL,
    changed     BIGINT NOT NULL,
    content     BYTEA NOT NULL
);

-- The small form, where an authority has written its own.
CREATE TABLE annotation_forms (
    tenant    TEXT NOT NULL REFERENCES tenants (id),
    service   TEXT NOT NULL,
    schema    BYTEA NOT NULL,
    ui        BYTEA NOT NULL,
    changed   BIGINT NOT NULL,
    PRIMARY KEY (tenant, service)
);
