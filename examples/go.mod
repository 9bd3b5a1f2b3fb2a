module github.com/openlines-go/openlines/examples

go 1.26.0

require github.com/openlines-go/openlines v0.0.0

replace github.com/openlines-go/openlines => ..
