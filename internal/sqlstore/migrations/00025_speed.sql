-- The inbox's indexes: each serves a filter in the order of receipt, or an order. A list of some states, or of all nine, takes a page
-- from each of theirs (internal/sqlstore/inboxway.go), so that what is open, which is little, need not be looked for among what is done.

-- +goose Up
DROP INDEX cases_assignee;
DROP INDEX cases_service;
DROP INDEX cases_deadline;
DROP INDEX cases_changed;
CREATE INDEX cases_assignee ON cases (tenant, assignee, state, received, id); -- nobody's too: every desk has that list
CREATE INDEX cases_service ON cases (tenant, service, state, received, id);
DROP INDEX cases_state;
CREATE INDEX cases_state ON cases (tenant, state, received, id, service); -- the service, so that those hidden are left out of counts
CREATE INDEX cases_group ON cases (tenant, grp, received, id) WHERE grp <> '';
CREATE INDEX cases_escalated ON cases (tenant, received, id) WHERE escalated > 0;
CREATE INDEX cases_deadline ON cases (tenant, state, deadline, id);
CREATE INDEX cases_changed ON cases (tenant, state, changed, id);
CREATE INDEX cases_number ON cases (tenant, state, file_number, id);
