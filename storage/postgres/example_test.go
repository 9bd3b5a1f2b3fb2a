package postgres_test

import (
	"context"
	"fmt"
	"os"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/storage/postgres"
)

// Start this program as often as you like, anywhere: all of them are one desk.
func ExampleOpen() {
	ctx := context.Background()
	pool, err := postgres.NewPool(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pool.Close()
	store, err := postgres.Open(ctx, pool, "acme")
	if err != nil {
		fmt.Println(err)
		return
	}
	desk, err := openlines.Open(ctx, store, openlines.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = desk.Close() }()
	fmt.Println(desk.Run(ctx))
}
