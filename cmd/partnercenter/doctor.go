package main

import (
	"context"
	"errors"
)

func (p program) doctor(ctx context.Context, args []string) (int, error) {
	return 1, errors.New("todo")
}
