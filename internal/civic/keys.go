package civic

// Keys names the keys that open something sealed: ids (they are bound into the wrapping) and the wrapped keys themselves.
// An empty Dossier means that the content lies under the tenant's key.
type Keys struct {
	Tenant     string // tenant id
	Dossier    string // dossier id
	TenantKey  []byte // wrapped by the master key
	DossierKey []byte // wrapped by the tenant's key
}
