// Package ledger reads a desk's feed as a bookkeeper does, and tells what must not be in it: a chat with two sessions, an owner
// taken from nobody, an offer that ends twice, a number that is given again, a receipt that is taken back.
//
// It knows nothing of how the desk decides. Tests hold any run against it, whatever was done in it.
package ledger
