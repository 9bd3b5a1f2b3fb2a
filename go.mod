module github.com/openlines-go/openlines

go 1.26.0
