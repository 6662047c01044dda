package emulator

import (
	"encoding/json"
	"math/big"
	"slices"
)

// usageCell is what a resource of a plan used of a meter.
type usageCell struct {
	resource azureResource
	meter    meter
	cost     json.Number
	quantity json.Number
}

// usageCells divide the usage of a plan so that it adds up, by resource and by
// meter alike, to what the usage records say: resources take from the meters in
// turn until they have what they cost.
func (a azure) usageCells() []usageCell {
	resources, meters := slices.Clone(a.usedResources()), a.usedMeters()
	if len(resources) == 0 || len(meters) == 0 {
		return nil
	}
	slices.SortStableFunc(resources, func(x, y azureResource) int {
		return x.firstMeter(meters) - y.firstMeter(meters)
	})
	sign := json.Number("1")
	if compare(a.cost, "0") < 0 {
		sign = "-1"
	}
	left := make([]*big.Rat, len(resources))
	for i, r := range resources {
		left[i] = parseDecimal(product(product(a.cost, r.share), sign))
	}
	free := make([]*big.Rat, len(meters))
	for j, m := range meters {
		free[j] = parseDecimal(product(m.cost, sign))
	}

	var cells []usageCell
	last, lastMeter := len(resources)-1, len(meters)-1
	for i, j := 0, 0; ; {
		cell := usageCell{resource: resources[i], meter: meters[j]}
		take := new(big.Rat).Set(left[i])
		isResource, isMeter := true, false
		switch {
		case j == lastMeter:
			isResource = i < last
		case i == last:
			take.Set(free[j])
			isResource, isMeter = false, true
		case left[i].Cmp(free[j]) > 0:
			take.Set(free[j])
			isResource, isMeter = false, true
		default:
			isMeter = left[i].Cmp(free[j]) == 0
		}
		left[i].Sub(left[i], take)
		free[j].Sub(free[j], take)
		cell.cost = product(formatDecimal(take), sign)
		cells = append(cells, cell)
		if !isResource && !isMeter {
			return divideQuantities(cells)
		}
		if isResource {
			i++
		}
		if isMeter {
			j++
		}
	}
}

// divideQuantities divides the quantity of each meter among its cells, which
// are neighbours. What rounding leaves over is the last one's.
func divideQuantities(cells []usageCell) []usageCell {
	rest := json.Number("0")
	for i := range cells {
		m := cells[i].meter
		if i == 0 || cells[i-1].meter.id != m.id {
			rest = m.quantity
		}
		cells[i].quantity = rest
		if i+1 < len(cells) && cells[i+1].meter.id == m.id && compare(m.cost, "0") != 0 {
			share := new(big.Rat).Quo(parseDecimal(cells[i].cost), parseDecimal(m.cost))
			cells[i].quantity = round(share.Mul(share, parseDecimal(m.quantity)), 6)
		}
		rest = sum(rest, negate(cells[i].quantity))
	}
	return cells
}

// firstMeter is the position of the first meter that a resource of this kind
// uses, or else the last one's.
func (u azureResource) firstMeter(meters []meter) int {
	position := slices.IndexFunc(meters, func(m meter) bool { return m.name == u.meterName() })
	if position < 0 {
		return len(meters)
	}
	return position
}

// meterName is the name of a meter that resources of this kind use.
func (u azureResource) meterName() string {
	switch u.kind {
	case "Microsoft.Storage/storageAccounts":
		return "LRS Data Stored"
	case "Microsoft.Compute/disks":
		return "P10 LRS Disk"
	case "Microsoft.Compute/virtualMachines":
		return "D4s v5"
	case "Microsoft.Compute/virtualMachineScaleSets":
		return "E4as v5"
	case "Microsoft.Sql/servers/databases":
		return "vCore"
	case "Microsoft.Web/serverFarms", "Microsoft.Web/sites":
		return "P1 v3 App"
	case "Microsoft.KeyVault/vaults":
		return "Operations"
	case "Microsoft.OperationalInsights/workspaces":
		return "Analytics Logs Data Ingestion"
	case "Microsoft.Network/applicationGateways":
		return "Standard Fixed Cost"
	case "Microsoft.Network/publicIPAddresses", "Microsoft.Network/virtualNetworks":
		return "Standard IPv4 Static Public IP"
	case "Microsoft.Network/virtualNetworkGateways":
		return "VpnGw1"
	case "Microsoft.RecoveryServices/vaults":
		return "Azure VM Protected Instances"
	default:
		return "Private Zone"
	}
}
