-- How long cases are kept, what stops that, and when an account was last used.

-- +goose Up
ALTER TABLE cases ADD COLUMN hold TEXT NOT NULL DEFAULT ''; -- ground of a lock (Art. 18 DSGVO) or dispute, '' none
ALTER TABLE cases ADD COLUMN held BIGINT NOT NULL DEFAULT 0; -- since when
ALTER TABLE cases ADD COLUMN erase BIGINT NOT NULL DEFAULT 0; -- when it is to be erased, 0: not planned; each change of the case sets it back
ALTER TABLE cases ADD COLUMN erase_told BIGINT NOT NULL DEFAULT 0; -- when its applicant was told, 0: not yet
CREATE INDEX cases_unplanned ON cases (id) WHERE erase = 0 AND state IN ('decided', 'closed', 'withdrawn', 'forwarded');
CREATE INDEX cases_erase ON cases (erase, id) WHERE erase > 0 AND hold = '';

CREATE TABLE retentions (
    tenant     TEXT NOT NULL REFERENCES tenants (id),
    service    TEXT NOT NULL,
    decided    BIGINT NOT NULL, -- months
    withdrawn  BIGINT NOT NULL,
    relocation BIGINT NOT NULL,
    PRIMARY KEY (tenant, service)
);

ALTER TABLE accounts ADD COLUMN seen BIGINT NOT NULL DEFAULT 0; -- last login, to the day
UPDATE accounts SET seen = created;
CREATE INDEX accounts_seen ON accounts (seen);

-- Deleting a case looks for what is linked to it from the other side.
CREATE INDEX case_links_other ON case_links (other);
