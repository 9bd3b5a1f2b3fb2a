//go:build !race

package openlines_test

const everyFault = 1
