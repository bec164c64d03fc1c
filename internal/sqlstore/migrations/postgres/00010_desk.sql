-- Text compares by bytes.

-- +goose Up
ALTER TABLE cases ALTER COLUMN grp TYPE TEXT COLLATE "C";
ALTER TABLE cases ALTER COLUMN labels TYPE TEXT COLLATE "C";
