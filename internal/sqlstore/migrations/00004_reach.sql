-- How an applicant's log-in says that they can be reached, sealed under the dossier's key.

-- +goose Up
ALTER TABLE submissions ADD COLUMN reach BYTEA NOT NULL DEFAULT ''; -- '' without a log-in
