-- What the desk does later than the click asks anew who may: which roles somebody has by their log-in's groups, as of their last visit, and
-- which services are in a list that was made. And how staff want to be written to.

-- +goose Up
ALTER TABLE colleagues ADD COLUMN by_group TEXT NOT NULL DEFAULT ''; -- roles, separated by commas
ALTER TABLE exports ADD COLUMN services TEXT NOT NULL DEFAULT ''; -- of the cases in it, separated by commas
ALTER TABLE exports ADD COLUMN reason TEXT NOT NULL DEFAULT ''; -- key of the text why it failed, '' something inside
ALTER TABLE desks ADD COLUMN lang TEXT NOT NULL DEFAULT ''; -- of mails to the person, '' the office's
CREATE INDEX proposals_open ON proposals (tenant, created) WHERE checked = 0;
