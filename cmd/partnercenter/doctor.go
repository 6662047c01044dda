package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"

	"github.com/google/uuid"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/doctor"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
)

const doctorHelp = `Usage: partnercenter doctor [flags]

Answers whether the provider will work: which credential is used and what its
token says, and what each route of the API responds. It signs in with the
environment variables of the provider, such as PARTNERCENTER_REFRESH_TOKEN, or
else as the user of the Azure CLI.

It sends about 20 GET requests to the API and nothing else. Of Microsoft Graph,
which has daily usage, it checks the sign-in only, unless -export or
-export-invoice asks for an export. Each starts one with a POST request, which
changes nothing, waits for it as long as PARTNERCENTER_OPERATION_TIMEOUT allows
(30 minutes), and looks at the first lines of its first file. An export that
fails for another reason than missing data is started once more.

The report goes to
standard output. It has no token and no secret, no name of a customer and no
figure, and an id of a customer only where a route failed. What is done
meanwhile goes to standard error.

The exit code is 0 if everything works, 1 if something does not, and 2 for a
mistake on the command line. What is missing for Microsoft Graph counts only if
an export is asked for, or if there is no sign-in to Partner Center: most
configurations read no exports.

Flags:
`

const doctorExamples = `
Examples:
  partnercenter doctor
  partnercenter doctor -json > doctor.json
  partnercenter doctor -customer 11111111-2222-3333-4444-555555555555
  partnercenter doctor -export EUR
  partnercenter doctor -export-invoice G012345678 -record recording
  partnercenter doctor -record recording
  partnercenter emulator -replay recording -- terraform plan

-record replaces all names, ids, amounts, mail addresses and links, so that the
responses can be attached to an issue. Look at them before you do.
`

type doctorSettings struct {
	ids      doctor.IDs
	currency string
	invoice  string
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
	flags.StringVar(&s.currency, "export", "", "start an export of the unbilled usage of this month in this billing `currency`, such as EUR, and look at it")
	flags.StringVar(&s.invoice, "export-invoice", "", "start an export of the usage of the invoice with this `id`, such as G012345678, and look at it")
	flags.IntVar(&s.maxPages, "pages", 2, "read this `number` of pages of a list")
	flags.BoolVar(&s.json, "json", false, "write the report as JSON")
	flags.StringVar(&s.record, "record", "", "write the anonymized responses to this new or empty `directory`")
	if err := p.parseFlags(flags, args, doctorHelp, doctorExamples); err != nil {
		return nil, err
	}
	if err := refuseArguments(flags); err != nil {
		return nil, err
	}
	err := s.check()
	flags.Visit(func(f *flag.Flag) {
		if strings.HasPrefix(f.Name, "export") && f.Value.String() == "" {
			// A variable of a script that is not set must not pass for a check.
			err = fmt.Errorf("-%s is empty", f.Name)
		}
	})
	if err != nil {
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
	if s.currency != "" && !currencyForm.MatchString(s.currency) {
		return errors.New("-export must be a currency of three letters, such as EUR")
	}
	if s.invoice != "" && !invoiceForm.MatchString(s.invoice) {
		return errors.New("-export-invoice must be the id of an invoice, such as G012345678")
	}
	if s.currency != "" && s.invoice != "" {
		return errors.New("-export and -export-invoice exclude each other")
	}
	if s.ids.Subscription != "" {
		s.ids.SubscriptionCustomer = s.ids.Customer
	}
	return nil
}

var (
	currencyForm = regexp.MustCompile(`^[A-Za-z]{3}$`)
	invoiceForm  = regexp.MustCompile(`^[0-9A-Za-z-]{1,40}$`)
)

// export is the export to start, or nil.
func (s *doctorSettings) export() *graphbilling.Query {
	if s.currency == "" && s.invoice == "" {
		return nil
	}
	return &graphbilling.Query{CurrencyCode: s.currency, InvoiceID: s.invoice}
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
		Export:      settings.export(),
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
