module github.com/openlines-go/openlines/examples

go 1.26.0

require (
	github.com/benbjohnson/clock v1.3.5
	github.com/google/go-cmp v0.7.0
	github.com/openlines-go/openlines v0.0.0
)

require pgregory.net/rapid v1.3.0 // indirect

replace github.com/openlines-go/openlines => ..
