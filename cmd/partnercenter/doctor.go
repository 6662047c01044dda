package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/google/uuid"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/doctor"
)

const doctorHelp = `Usage: partnercenter doctor [flags]

Answers whether the provider will work: which credential is used and what its
token says, and what each route of the API responds. It signs in with the
environment variables of the provider, such as PARTNERCENTER_REFRESH_TOKEN, or
else as the user of the Azure CLI.

It sends about 20 GET requests to the API and nothing else. The report goes to
standard output. It has no token and no secret, no name of a customer and no
figure, and an id of a customer only where a route failed. What is done
meanwhile goes to standard error.

The exit code is 0 if everything works, 1 if something does not, and 2 for a
mistake on the command line.

Flags:
`

const doctorExamples = `
Examples:
  partnercenter doctor
  partnercenter doctor -json > doctor.json
  partnercenter doctor -customer 11111111-2222-3333-4444-555555555555
  partnercenter doctor -record recording
  partnercenter emulator -replay recording -- terraform plan

-record replaces all names, ids, amounts, mail addresses and links, so that the
responses can be attached to an issue. Look at them before you do.
`

type doctorSettings struct {
	ids      doctor.IDs
	json     bool
	record   string
	maxPages int
}

func (p program) parseDoctor(args []string) (*doctorSettings, error) {
	s := &doctorSettings{}
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.StringVar(&s.ids.Customer, "customer", "", "`id` of the customer to ask about (default: the first one with an Azure plan that costs something)")
	flags.StringVar(&s.ids.Plan, "plan", "", "`id` of an Azure plan of this customer (default: its first active one)")
	flags.StringVar(&s.ids.Subscription, "subscription", "", "`id` of a legacy (MS-AZR-0145P) subscription of this customer (default: the first active one)")
	flags.IntVar(&s.maxPages, "pages", 2, "read this `number` of pages of a list")
	flags.BoolVar(&s.json, "json", false, "write the report as JSON")
	flags.StringVar(&s.record, "record", "", "write the anonymized responses to this new or empty `directory`")
	if err := p.parseFlags(flags, args, doctorHelp, doctorExamples); err != nil {
		return nil, err
	}
	if err := refuseArguments(flags); err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, usageError{err}
	}
	return s, nil
}

func (s *doctorSettings) check() error {
	for name, id := range map[string]string{"customer": s.ids.Customer, "plan": s.ids.Plan, "subscription": s.ids.Subscription} {
		if id != "" && (uuid.Validate(id) != nil || len(id) != len("00000000-0000-0000-0000-000000000000")) {
			return fmt.Errorf("-%s must be a GUID", name)
		}
	}
	if s.ids.Customer == "" && (s.ids.Plan != "" || s.ids.Subscription != "") {
		return errors.New("-plan and -subscription require -customer")
	}
	if s.maxPages < 1 {
		return errors.New("-pages must be 1 or more")
	}
	if s.ids.Subscription != "" {
		s.ids.SubscriptionCustomer = s.ids.Customer
	}
	return nil
}

// doctor is the command that checks the sign-in, and what it may read.
func (p program) doctor(ctx context.Context, args []string) (int, error) {
	settings, err := p.parseDoctor(args)
	if err != nil {
		return exitUsage, err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if settings.record != "" {
		if err := doctor.PrepareDirectory(settings.record); err != nil {
			return exitFailed, err
		}
	}
	examined, err := doctor.Examine(ctx, doctor.Options{
		Environment: p.Environment,
		Version:     version,
		IDs:         settings.ids,
		MaxPages:    settings.maxPages,
		Progress:    p.stderr,
	})
	if err != nil {
		return exitInterrupted, errors.New("interrupted")
	}
	write := examined.WriteText
	if settings.json {
		write = examined.WriteJSON
	}
	if err := write(p.stdout); err != nil {
		return exitFailed, err
	}
	if settings.record != "" {
		count, err := examined.Record(settings.record)
		if err != nil {
			return exitFailed, err
		}
		_, _ = fmt.Fprintf(p.stderr, "Wrote %d anonymized responses to %s. Look at them before you share them.\n", count, settings.record)
	}
	if !examined.Works {
		return exitFailed, nil
	}
	return exitOK, nil
}
