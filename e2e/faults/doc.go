// Package faults ends servers and databases at random moments while people sign
// in, starts them again, and looks for what is left half done.
package faults
