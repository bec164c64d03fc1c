-- Whom an applicant lets do one thing with one dossier for a while: help to fill in a draft, or confirm what was sent.

-- +goose Up
CREATE TABLE invitations (
    id       TEXT PRIMARY KEY,
    dossier  TEXT NOT NULL REFERENCES dossiers (id) ON DELETE CASCADE,
    tenant   TEXT NOT NULL,
    purpose  TEXT NOT NULL, -- help, cosign
    code     TEXT NOT NULL, -- hex of the code's MAC
    may_send BOOLEAN NOT NULL,
    created  BIGINT NOT NULL,
    expires  BIGINT NOT NULL,
    opened   BIGINT NOT NULL,
    revoked  BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    outcome  TEXT NOT NULL, -- of a co-signature: confirmed, declined, missed; '' none yet
    reminded BOOLEAN NOT NULL,
    name     BYTEA NOT NULL
);
CREATE INDEX invitations_code ON invitations (code) WHERE code <> '';
CREATE INDEX invitations_dossier ON invitations (dossier, created);
CREATE INDEX invitations_due ON invitations (expires) WHERE purpose = 'cosign' AND outcome = '' AND revoked = 0;
