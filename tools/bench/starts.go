package main

import (
	"context"
	"time"
)

// start is how long a provider takes, without Terraform, until it says where it
// listens, and until Terraform would have its schema.
type start struct {
	Name              string
	Handshake, Schema []float64 // in milliseconds
}

// starts measures the providers in turn.
func (b *bench) starts(ctx context.Context) ([]start, error) {
	all := []start{{Name: "terraform-provider-partnercenter"}}
	programs := []string{b.program("terraform-provider-partnercenter")}
	if b.scaffolding != "" {
		all = append(all, start{Name: "terraform-provider-scaffolding-framework"})
		programs = append(programs, b.scaffolding)
	}
	const times = 4 // as many as plans: they are short
	for range times * b.runs {
		for i, program := range programs {
			p, err := startPlugin(ctx, program)
			if err != nil {
				return nil, err
			}
			schema, err := p.schema(ctx)
			p.stop()
			if err != nil {
				return nil, err
			}
			all[i].Handshake = append(all[i].Handshake, milliseconds(p.handshake))
			all[i].Schema = append(all[i].Schema, milliseconds(schema))
		}
	}
	return all, nil
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }
