-- The team at the desk: how an authority divides it, who is away, whose turn it is, who was called to a note.

-- +goose Up
CREATE TABLE teams (
    tenant   TEXT PRIMARY KEY,
    revision BIGINT NOT NULL,
    body     TEXT NOT NULL -- JSON of civic.Team: groups, circles, rules
);
CREATE TABLE absences (
    id              TEXT PRIMARY KEY,
    tenant          TEXT NOT NULL,
    staff           TEXT NOT NULL,
    name            TEXT NOT NULL,
    substitute      TEXT NOT NULL,
    substitute_name TEXT NOT NULL,
    first_day       TEXT NOT NULL, -- 2026-03-01
    last_day        TEXT NOT NULL
);
CREATE INDEX absences_tenant ON absences (tenant, last_day);
CREATE TABLE turns (
    tenant TEXT NOT NULL,
    rule   TEXT NOT NULL,
    taken  BIGINT NOT NULL, -- how many cases the rule has given out
    PRIMARY KEY (tenant, rule)
);
CREATE TABLE mentions (
    id      TEXT PRIMARY KEY,
    tenant  TEXT NOT NULL,
    case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    note    TEXT NOT NULL,
    staff   TEXT NOT NULL,
    author  TEXT NOT NULL,
    author_name TEXT NOT NULL,
    created BIGINT NOT NULL,
    seen    BIGINT NOT NULL -- 0: not yet
);
CREATE INDEX mentions_staff ON mentions (tenant, staff, id);
CREATE INDEX mentions_case ON mentions (case_id);
