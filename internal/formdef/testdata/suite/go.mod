// This module only pins where the JSON Schema test suite and the documents that its tests refer to are read from:
// see suite_test.go. Nothing of it is built or shipped.
module suite

go 1.26.0

require (
	cuelang.org/go v0.17.1
	github.com/google/jsonschema-go v0.4.3
)
