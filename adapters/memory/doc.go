// Package memory keeps users, accounts, sessions and mailed links in the
// memory of the process. It is meant for tests, demos and development:
// everything is gone when the process ends, and two processes share nothing.
//
// What comes out is what a database would give back: times are in UTC with
// microseconds, and values inside Extra have passed through JSON, so that
// numbers are json.Number. All methods may be called at the same time from
// many goroutines.
package memory
