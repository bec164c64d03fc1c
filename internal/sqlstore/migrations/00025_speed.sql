-- The inbox's indexes: each serves a filter in the order of receipt, or an order (internal/sqlstore/inboxway.go). The orders by
-- deadline, change and number lie in two parts, because what is open is little and what is done is nearly everything; the words of
-- their conditions stand in the queries too.

-- +goose Up
DROP INDEX cases_assignee;
DROP INDEX cases_service;
DROP INDEX cases_deadline;
DROP INDEX cases_changed;
DROP INDEX cases_version;
CREATE INDEX cases_assignee ON cases (tenant, assignee, state, received, id) WHERE assignee <> '';
CREATE INDEX cases_service ON cases (tenant, service, state, received, id);
CREATE INDEX cases_group ON cases (tenant, grp, received, id) WHERE grp <> '';
CREATE INDEX cases_escalated ON cases (tenant, received, id) WHERE escalated > 0;
CREATE INDEX cases_deadline_open ON cases (tenant, deadline, id) WHERE state IN ('awaiting_payment', 'awaiting_cosign', 'received', 'in_progress', 'waiting_applicant');
CREATE INDEX cases_deadline_done ON cases (tenant, deadline, id) WHERE state NOT IN ('awaiting_payment', 'awaiting_cosign', 'received', 'in_progress', 'waiting_applicant');
CREATE INDEX cases_changed_open ON cases (tenant, changed, id) WHERE state IN ('awaiting_payment', 'awaiting_cosign', 'received', 'in_progress', 'waiting_applicant');
CREATE INDEX cases_changed_done ON cases (tenant, changed, id) WHERE state NOT IN ('awaiting_payment', 'awaiting_cosign', 'received', 'in_progress', 'waiting_applicant');
CREATE INDEX cases_number_open ON cases (tenant, file_number, id) WHERE state IN ('awaiting_payment', 'awaiting_cosign', 'received', 'in_progress', 'waiting_applicant');
CREATE INDEX cases_version ON cases (version) WHERE state IN ('awaiting_payment', 'awaiting_cosign', 'received', 'in_progress', 'waiting_applicant');
