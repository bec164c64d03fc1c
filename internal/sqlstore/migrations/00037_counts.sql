-- What a list is filtered by stands in front of an index; the service stands at its end, so that the services which a clerk must not
-- see are left out of counts where they are counted, without a look at each case.

-- +goose Up
DROP INDEX cases_received;
DROP INDEX cases_assignee;
DROP INDEX cases_group;
DROP INDEX cases_escalated;
DROP INDEX cases_unread;
DROP INDEX cases_deadline;
DROP INDEX cases_changed;
CREATE INDEX cases_received ON cases (tenant, received, id, service);
CREATE INDEX cases_assignee ON cases (tenant, assignee, state, received, id, service);
CREATE INDEX cases_group ON cases (tenant, grp, received, id, service) WHERE grp <> '';
CREATE INDEX cases_escalated ON cases (tenant, received, id, service) WHERE escalated > 0;
CREATE INDEX cases_unread ON cases (tenant, received, id, service) WHERE unread;
CREATE INDEX cases_deadline ON cases (tenant, state, deadline, id, service);
CREATE INDEX cases_changed ON cases (tenant, state, changed, id, service);
