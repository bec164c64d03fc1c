-- A case that was forwarded keeps the form that its citizen saw, with the overlay of the authority that it came from.

-- +goose Up
ALTER TABLE submissions ADD COLUMN overlay_tenant TEXT NOT NULL DEFAULT ''; -- '' the submission's own tenant
