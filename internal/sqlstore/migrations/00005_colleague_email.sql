-- By which address somebody at the desk was appointed, so that who was appointed and has not come yet can be told from them.

-- +goose Up
ALTER TABLE colleagues ADD COLUMN email TEXT NOT NULL DEFAULT ''; -- lower case, proven; '' without one
