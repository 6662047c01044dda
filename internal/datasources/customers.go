package datasources

import (
	"cmp"
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newCustomers() datasource.DataSource {
	return &source[customers]{
		name:   "customers",
		schema: customersSchema,
		read:   readCustomers,
	}
}

type customers struct {
	NamePrefix *string   `tfsdk:"name_prefix"`
	Customers  []company `tfsdk:"customers"`
	collection
}

// company is the model of [companyAttributes], but for the customer's id.
type company struct {
	CustomerID *string `tfsdk:"customer_id"`
	profile
}

// profile is what the API says of a customer wherever it lists one.
type profile struct {
	TenantID              *string `tfsdk:"tenant_id"`
	Domain                *string `tfsdk:"domain"`
	CompanyName           *string `tfsdk:"company_name"`
	RelationshipToPartner *string `tfsdk:"relationship_to_partner"`
}

func newProfile(c *pcclient.Customer) profile {
	return profile{
		TenantID:              normalizeGUID(c.CompanyProfile.TenantID),
		Domain:                c.CompanyProfile.Domain,
		CompanyName:           c.CompanyProfile.CompanyName,
		RelationshipToPartner: c.RelationshipToPartner,
	}
}

func profileAttributes() attributes {
	return attributes{
		"tenant_id":               text("The id of the customer's tenant, a GUID in lower case. Null if the API returns none."),
		"domain":                  text("The customer's domain, such as `contoso.onmicrosoft.com`. Null if the API returns none."),
		"company_name":            text("The customer's company name. Null if the API returns none."),
		"relationship_to_partner": text("The relationship to the partner, such as `reseller` or `advisor`. Null if the API returns none."),
	}
}

func customersSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "The customers of the partner, with or without Azure. For what they spend, see [partnercenter_customer_usage_records](customer_usage_records.md).\n\n" +
			"Reads all pages, or fails. The route works with a sign-in as a user (App+User) and as an application (app-only). " +
			"See [Get a list of customers](https://learn.microsoft.com/partner-center/developer/get-a-list-of-customers).",
		Attributes: with(attributes{
			"name_prefix": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Returns only customers whose company name begins with this text. The API does the comparison.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"customers": rows("The customers, by `company_name`, then `customer_id`.", with(profileAttributes(), attributes{
				"customer_id": text("The customer's id, a GUID in lower case."),
			})),
		}, collectionAttributes()),
	}
}

func readCustomers(ctx context.Context, api *pcclient.Client, m *customers) error {
	all, err := api.Customers(ctx, deref(m.NamePrefix, ""))
	if err != nil {
		return err
	}
	m.collection = newCollection(all)
	list := all.Items
	sortRecords(list, func(a, b *pcclient.Customer) int {
		return cmp.Or(compareTexts(a.CompanyProfile.CompanyName, b.CompanyProfile.CompanyName), compareTexts(normalizeGUID(a.ID), normalizeGUID(b.ID)))
	})
	m.Customers = mapRows(list, func(c *pcclient.Customer) company {
		return company{normalizeGUID(c.ID), newProfile(c)}
	})
	return nil
}
