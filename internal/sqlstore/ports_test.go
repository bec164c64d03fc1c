package sqlstore_test

import (
	"antragswerk/internal/admin"
	"antragswerk/internal/apply"
	"antragswerk/internal/clerk"
	"antragswerk/internal/deliver"
	"antragswerk/internal/find"
	"antragswerk/internal/publish"
	"antragswerk/internal/sqlstore"
	"antragswerk/internal/web"
)

// The store satisfies what each room asks for.
var (
	_ find.Store            = (*sqlstore.Store)(nil)
	_ apply.Drafts          = (*sqlstore.Store)(nil)
	_ apply.Attachments     = (*sqlstore.Store)(nil)
	_ apply.Cases           = (*sqlstore.Store)(nil)
	_ clerk.Handing         = (*sqlstore.Store)(nil)
	_ clerk.Teams           = (*sqlstore.Store)(nil)
	_ clerk.Bulks           = (*sqlstore.Store)(nil)
	_ clerk.Walks           = (*sqlstore.Store)(nil)
	_ clerk.Exports         = (*sqlstore.Store)(nil)
	_ clerk.ExportTemplates = (*sqlstore.Store)(nil)
	_ clerk.Store           = (*sqlstore.Store)(nil)
	_ admin.Tenants         = (*sqlstore.Store)(nil)
	_ admin.Staff           = (*sqlstore.Store)(nil)
	_ admin.Routes          = (*sqlstore.Store)(nil)
	_ publish.Store         = (*sqlstore.Store)(nil)
	_ publish.Journal       = (*sqlstore.Store)(nil)
	_ deliver.Deliveries    = (*sqlstore.Store)(nil)
	_ deliver.Expiry        = (*sqlstore.Store)(nil)
	_ web.Sessions          = (*sqlstore.Store)(nil)
	_ web.Heads             = (*sqlstore.Store)(nil)
	_ deliver.Chain         = (*sqlstore.Store)(nil)
	_ admin.Teams           = (*sqlstore.Store)(nil)
)
