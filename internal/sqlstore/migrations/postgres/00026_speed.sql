-- Large tables are looked after by what has changed, not by a fifth of them: lists read indexes alone where the visibility map is
-- up to date. Tenants differ by four powers of ten, and there are more of them than the planner remembers by itself.

-- +goose Up
ALTER TABLE cases SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE case_terms SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE cases ALTER COLUMN tenant SET STATISTICS 1000;
ALTER TABLE case_terms ALTER COLUMN tenant SET STATISTICS 1000;
