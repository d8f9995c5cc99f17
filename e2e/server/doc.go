// Package server tests "gatehouse serve" from the outside: whole processes on a
// real database, behind a proxy, with an identity provider and a mail server that
// run inside the test.
package server
