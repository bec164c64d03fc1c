-- What the desk knows of a case besides its state. Labels and the group are blind terms too (case_terms), so that lists filter by them.

-- +goose Up
ALTER TABLE cases ADD COLUMN grp TEXT NOT NULL DEFAULT ''; -- id of the group whose it is, '' the whole office's
ALTER TABLE cases ADD COLUMN labels TEXT NOT NULL DEFAULT ''; -- ids, separated by commas
ALTER TABLE cases ADD COLUMN paused BIGINT NOT NULL DEFAULT 0; -- since when its clock stands, 0: it runs
ALTER TABLE cases ADD COLUMN fiction BIGINT NOT NULL DEFAULT 0; -- when approval is deemed given (§ 42a VwVfG), 0: never
ALTER TABLE cases ADD COLUMN escalated BIGINT NOT NULL DEFAULT 0; -- when the lead was told that it is late, 0: not
