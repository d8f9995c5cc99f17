// Package examples tests the programs in the folder examples with a real browser.
package examples
