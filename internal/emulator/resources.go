package emulator

import (
	"encoding/json"
	"net/http"
	"strings"
)

// resourceRoutes are what single Azure resources have cost.
func resourceRoutes() []route {
	return []route{
		{path: "/v1/customers/{customer}/subscriptions/{subscription}/resourceusagerecords", userOnly: true, handle: (*snapshot).resourceUsageRecords},
	}
}

// Azure subscriptions of MeteredPlanID, and what is in them.
const (
	// MeteredEntitlementID is an Azure subscription with twelve resources in
	// four resource groups, named MeteredEntitlementName.
	MeteredEntitlementID   = "36f675cc-81e7-4ef5-a8e2-5d940ed90475"
	MeteredEntitlementName = "Nordhavn Production"
	// MeteredResourceGroup is one of these groups, and SharedResourceGroup
	// another, which two more Azure subscriptions have as well.
	MeteredResourceGroup = "rg-fleet-web"
	SharedResourceGroup  = "rg-network"
	// UnusedEntitlementID is an Azure subscription that has not been used.
	UnusedEntitlementID = "6b0d549b-6f03-475a-9600-a35a099950d8"
)

// entitlement is an Azure subscription in a plan.
type entitlement struct {
	id   string
	name string
}

// entitlements are the Azure subscriptions of a plan. Of four the last one is
// not in use.
func (a azure) entitlements() []entitlement {
	if a.metered {
		return []entitlement{
			{MeteredEntitlementID, MeteredEntitlementName},
			{namedGUID("entitlement/test/" + a.id), "Nordhavn Test"},
			{namedGUID("entitlement/data/" + a.id), "Nordhavn Data Platform"},
			{UnusedEntitlementID, "Nordhavn Sandbox"},
		}
	}
	return []entitlement{
		{namedGUID("entitlement/production/" + a.id), "Production"},
		{namedGUID("entitlement/development/" + a.id), "Development"},
	}
}

// azureResource is a resource with its share of the plan's cost.
type azureResource struct {
	// entitlement is the position among the plan's.
	entitlement int
	group       string
	// kind is the provider and the type, as in a resource id.
	kind  string
	name  string
	share json.Number
}

// meteredResources are in the plan with many meters. Their shares add up to 1.
func meteredResources() []azureResource {
	return []azureResource{
		{0, "rg-fleet-web", "Microsoft.Web/serverFarms", "plan-fleet-web", "0.0431"},
		{0, "rg-fleet-web", "Microsoft.Web/sites", "app-fleet-web", "0"},
		{0, "rg-fleet-web", "Microsoft.Network/applicationGateways", "agw-fleet-web", "0.0388"},
		{0, "rg-fleet-web", "Microsoft.KeyVault/vaults", "kv-fleet-web", "0.0002"},
		{0, "rg-fleet-core", "Microsoft.Compute/virtualMachines", "vm-fleet-core-01", "0.1325"},
		{0, "rg-fleet-core", "Microsoft.Compute/virtualMachines", "vm-fleet-core-02", "0.1318"},
		{0, "rg-fleet-core", "Microsoft.Compute/disks", "vm-fleet-core-01_OsDisk_1_531d3c99534b4649ae025d485370143e", "0.0229"},
		{0, "rg-fleet-core", "Microsoft.Compute/disks", "vm-fleet-core-02_OsDisk_1_8c1f60a2b7d44e0e9b3a51c7de02f864", "0.0231"},
		{0, "rg-fleet-db", "Microsoft.Sql/servers/databases", "sql-fleet/bookings", "0.1018"},
		{0, "rg-fleet-db", "Microsoft.RecoveryServices/vaults", "rsv-fleet", "0.0103"},
		{0, "rg-network", "Microsoft.Network/virtualNetworkGateways", "vpn-harbour", "0.0327"},
		{0, "rg-network", "Microsoft.Network/publicIPAddresses", "pip-harbour", "0.0048"},
		{1, "rg-fleet-test", "Microsoft.Compute/virtualMachines", "vm-fleet-test-01", "0.1045"},
		{1, "rg-fleet-test", "Microsoft.Compute/disks", "vm-fleet-test-01_OsDisk_1_0f5b1c77a90a4f6fb4b8f3f3a9de61d2", "0.0075"},
		{1, "rg-fleet-test", "Microsoft.Web/serverFarms", "plan-fleet-test", "0.0085"},
		{1, "rg-network", "Microsoft.Network/privateDnsZones", "test.nordhavn.example", "0.0005"},
		{2, "rg-lake", "Microsoft.Storage/storageAccounts", "nordhavnlake", "0.0816"},
		{2, "rg-lake", "Microsoft.OperationalInsights/workspaces", "log-lake", "0.0420"},
		{2, "rg-lake", "Microsoft.Compute/virtualMachineScaleSets", "vmss-lake-ingest", "0.1641"},
		{2, "rg-analytics", "Microsoft.Sql/servers/databases", "sql-lake/reporting", "0.0474"},
		{2, "rg-network", "Microsoft.Network/virtualNetworks", "vnet-lake", "0.0019"},
	}
}

// defaultResources are in any other plan. Their shares add up to 1.
func defaultResources() []azureResource {
	return []azureResource{
		{0, "rg-app", "Microsoft.Compute/virtualMachines", "vm-app-01", "0.41"},
		{0, "rg-app", "Microsoft.Compute/disks", "vm-app-01_OsDisk_1_0b7c4f1e6d5a4c8f9a2b3c4d5e6f7081", "0.12"},
		{0, "rg-app", "Microsoft.Network/publicIPAddresses", "pip-app", "0.05"},
		{0, "rg-data", "Microsoft.Sql/servers/databases", "sql-app/main", "0.25"},
		{1, "rg-dev", "Microsoft.Compute/virtualMachines", "vm-dev-01", "0.14"},
		{1, "rg-dev", "Microsoft.Compute/disks", "vm-dev-01_OsDisk_1_f3a1d2c4b5e64788a9b0c1d2e3f40516", "0.03"},
	}
}

// usedResources are the resources of a plan that have cost something, or
// nothing, in this billing period.
func (a azure) usedResources() []azureResource {
	switch {
	case a.idle():
		return nil
	case a.metered:
		return meteredResources()
	default:
		return defaultResources()
	}
}

type resourceUsageRecord struct {
	SubscriptionID    string `json:"subscriptionId"`
	ResourceURI       string `json:"resourceUri"`
	ResourceType      string `json:"resourceType"`
	EntitlementID     string `json:"entitlementId"`
	EntitlementName   string `json:"entitlementName"`
	ResourceGroupName string `json:"resourceGroupName"`
	Name              string `json:"name"`
	ResourceName      string `json:"resourceName"`
	money
	LastModifiedDate string     `json:"lastModifiedDate"`
	Attributes       attributes `json:"attributes"`
}

func (s *snapshot) resourceUsageRecords(r *http.Request) (response, error) {
	a, err := s.azure(r)
	if err != nil {
		return response{}, err
	}
	if a.legacy() {
		return response{}, errPlansOnly()
	}
	return collect(s, r, s.usagePagination(a.path()+"/resourceusagerecords"), func() []resourceUsageRecord {
		used := a.usedResources()
		records := make([]resourceUsageRecord, len(used))
		for i, resource := range used {
			records[i] = newResourceUsageRecord(a, resource)
		}
		return records
	})
}

// errPlansOnly refuses a legacy subscription.
func errPlansOnly() error {
	return &apiError{
		status:      http.StatusBadRequest,
		code:        codeNotSupported,
		description: "The operation is supported for Azure plans only.",
	}
}

// newResourceUsageRecord writes the namespace where one would expect the whole
// type, as the documented answer does.
func newResourceUsageRecord(a azure, used azureResource) resourceUsageRecord {
	owner := a.entitlements()[used.entitlement]
	namespace, _, _ := strings.Cut(used.kind, "/")
	name := used.name[strings.LastIndexByte(used.name, '/')+1:]
	return resourceUsageRecord{
		SubscriptionID:    a.id,
		ResourceURI:       "/subscriptions/" + owner.id + "/resourceGroups/" + used.group + "/providers/" + used.path(),
		ResourceType:      namespace,
		EntitlementID:     owner.id,
		EntitlementName:   owner.name,
		ResourceGroupName: used.group,
		Name:              name,
		ResourceName:      name,
		money:             a.money(product(a.cost, used.share)),
		LastModifiedDate:  timestamp(a.lastModified),
		Attributes:        attributes{"ResourceUsageRecord"},
	}
}

// path is the end of the resource's id: the namespace, then types and names in
// turn, as in "Microsoft.Sql/servers/sql-app/databases/main".
func (u azureResource) path() string {
	namespace, types, _ := strings.Cut(u.kind, "/")
	path, names := []string{namespace}, strings.Split(u.name, "/")
	for i, word := range strings.Split(types, "/") {
		path = append(path, word, names[i])
	}
	return strings.Join(path, "/")
}
