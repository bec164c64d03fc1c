// Package e2e drives the binary from outside, as browsers do: with a client that knows HTTP, HTML and nothing else, and
// with Chromium. It holds tests only. It must import no package of the product but internal/testenv: what it knows of
// the product is its environment, its addresses and its pages.
//
// Scenarios are files in testdata/scenarios, one action a line (script_test.go says which). E2E_BINARY names a binary to
// drive instead of building one.
package e2e
