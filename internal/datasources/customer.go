package datasources

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newCustomer() datasource.DataSource {
	return &source[customer]{
		name:   "customer",
		schema: customerSchema,
		read:   readCustomer,
	}
}

type customer struct {
	CustomerID           *string   `tfsdk:"customer_id"`
	AllowDelegatedAccess *bool     `tfsdk:"allow_delegated_access"`
	CustomDomains        []*string `tfsdk:"custom_domains"`
	profile
}

func customerSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "One customer of the partner, by id or by domain.\n\n" +
			"It is an error if no customer is found, or several with the same domain. " +
			"The route works with a sign-in as a user (App+User) and as an application (app-only). " +
			"See [Get a customer by ID](https://learn.microsoft.com/partner-center/developer/get-a-customer-by-id).",
		Attributes: with(profileAttributes(), attributes{
			"customer_id": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "The customer's id: its Microsoft ID (tenant id), a GUID in upper or lower case. Exactly one of `customer_id` and `domain` must be set. In lower case if the customer is found by its domain.",
				Validators:          []validator.String{guid, stringvalidator.ExactlyOneOf(path.MatchRoot("customer_id"), path.MatchRoot("domain"))},
			},
			"domain": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "The customer's domain, such as `contoso.onmicrosoft.com`, case-insensitive.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"allow_delegated_access": boolean("Whether the customer lets the partner administer its tenant. False if the API does not say."),
			"custom_domains":         texts("The customer's own domains, in the order of the API. Empty if it returns none. An element is null where the API has null."),
		}),
	}
}

func readCustomer(ctx context.Context, api *pcclient.Client, m *customer) error {
	id, err := m.find(ctx, api)
	if err != nil {
		return err
	}
	c, err := api.Customer(ctx, id)
	if err != nil {
		return err
	}
	asked := *m
	*m = customer{
		CustomerID:           normalizeGUID(&id),
		AllowDelegatedAccess: new(deref(c.AllowDelegatedAccess, false)),
		CustomDomains:        append([]*string{}, c.CustomDomains...),
		profile:              newProfile(c),
	}
	// Terraform wants arguments back as they were written.
	if asked.CustomerID != nil {
		m.CustomerID = asked.CustomerID
	}
	if asked.Domain != nil {
		m.Domain = asked.Domain
	}
	return nil
}

// find returns the customer's id, if need be by its domain.
func (m *customer) find(ctx context.Context, api *pcclient.Client) (string, error) {
	if m.CustomerID != nil {
		return id(m.CustomerID), nil
	}
	domain := strings.TrimSpace(*m.Domain)
	all, err := api.CustomersByDomain(ctx, domain)
	if err != nil {
		return "", err
	}
	if err := requireComplete(all, "customers"); err != nil {
		return "", err
	}
	// The API finds domains that begin like this one, too.
	matches := filter(all.Items, func(c *pcclient.Customer) bool {
		return strings.EqualFold(id(c.CompanyProfile.Domain), domain) && id(c.ID) != ""
	})
	ids := mapRows(matches, func(c *pcclient.Customer) string { return normalizeText(*c.ID) })
	slices.Sort(ids)
	ids = slices.Compact(ids)
	switch len(ids) {
	case 0:
		return "", &argumentError{"domain", "Customer not found", fmt.Sprintf("The partner has no customer with the domain %s.", domain)}
	case 1:
		return id(matches[0].ID), nil
	}
	return "", &argumentError{"domain", "Several customers found", fmt.Sprintf("The partner has %d customers with the domain %s: %s. Use customer_id.", len(ids), domain, strings.Join(ids, ", "))}
}
