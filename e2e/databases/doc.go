// Package databases tests package sqldb with real databases. It is part of a
// module of its own, so that no driver reaches the importers of the library.
package databases
