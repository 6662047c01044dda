package emulator

import "encoding/json"

// meter is what a plan used of one billable thing.
type meter struct {
	// id is made of product, SKU and the meter's text, and has spaces and
	// parentheses in it.
	id          string
	name        string
	category    string
	subcategory string
	quantity    json.Number
	unit        string
	cost        json.Number
}

// catalogue is the usage of the plan with many meters.
func catalogue() []meter {
	return []meter{
		{"DZH318Z0BNZ5-006G-LRS Data Stored (GB/Month)", "LRS Data Stored", "Storage", "Tables", "308.751736", "1 GB/Month", "12.50444529763028279"},
		{"DZH318Z0BNZ5-006G-10K Batch Write Operations", "Batch Write Operations", "Storage", "Tables", "5865.875438", "10K", "1.9005436419680776"},
		{"DZH318Z0BNZH-001B-Hot LRS Data Stored (GB/Month)", "Hot LRS Data Stored", "Storage", "Blob Storage", "10407.302075", "1 GB/Month", "184.20924672410201907"},
		{"DZH318Z0BNZH-001C-Cool LRS Data Stored (GB/Month)", "Cool LRS Data Stored", "Storage", "Blob Storage", "5189.006645", "1 GB/Month", "46.70105980619624491"},
		{"DZH318Z0BNZH-001D-10K Hot Read Operations", "Hot Read Operations", "Storage", "Blob Storage", "796.554259", "10K", "3.10656160904301048"},
		{"DZH318Z0BP04-002F-P10 LRS Disk (1/Month)", "P10 LRS Disk", "Storage", "Premium SSD Managed Disks", "7.613458", "1/Month", "139.40241727233806069"},
		{"DZH318Z0BP04-002H-P20 LRS Disk (1/Month)", "P20 LRS Disk", "Storage", "Premium SSD Managed Disks", "1.155047", "1/Month", "78.60096765774221528"},
		{"DZH318Z0BP05-003K-E10 LRS Disk (1/Month)", "E10 LRS Disk", "Storage", "Standard SSD Managed Disks", "2.559451", "1/Month", "22.80470820472448858"},
		{"DZH318Z0BNVX-005J-Data Transfer In (GB)", "Data Transfer In", "Bandwidth", "Bandwidth", "41.01129", "1 GB", "0"},
		{"DZH318Z0BNVX-005J-Data Transfer Out (GB)", "Data Transfer Out", "Bandwidth", "Bandwidth", "1231.49245", "1 GB", "96.30270961196796815"},
		{"DZH318Z0BNVX-005K-Inter-Region Data Transfer Out (GB)", "Inter-Region Data Transfer Out", "Bandwidth", "Bandwidth", "467.011345", "1 GB", "8.40620421300418521"},
		{"DZH318Z0BQ1T-00B2-D4s v5 (Hours)", "D4s v5", "Virtual Machines", "Dsv5 Series", "1946.380027", "1 Hour", "402.90066552341547558"},
		{"DZH318Z0BQ1T-00B4-D8s v5 (Hours)", "D8s v5", "Virtual Machines", "Dsv5 Series", "1948.083011", "1 Hour", "806.50636646553588911"},
		{"DZH318Z0BQ1V-00C1-E4as v5 (Hours)", "E4as v5", "Virtual Machines", "Easv5 Series", "1303.717624", "1 Hour", "318.10710019182375001"},
		{"DZH318Z0BQ20-001N-B2ms (Hours)", "B2ms", "Virtual Machines", "BS Series", "713.370682", "1 Hour", "61.70656398251685557"},
		{"DZH318Z0BQ20-001P-B1s Low Priority (Hours)", "B1s Low Priority", "Virtual Machines", "BS Series", "535.045701", "1 Hour", "2.30069651260050857"},
		{"DZH318Z0BNXP-004S-Standard vCore (Hours)", "vCore", "SQL Database", "Single Standard", "1036.666384", "1 Hour", "271.60659262778705103"},
		{"DZH318Z0BNXP-004T-General Purpose Data Stored (GB/Month)", "Data Stored", "SQL Database", "Single/Elastic Pool General Purpose - Storage", "272.951355", "1 GB/Month", "33.90055831983610388"},
		{"DZH318Z0BNXP-004V-PITR Backup LRS Data Stored (GB/Month)", "PITR Backup LRS Data Stored", "SQL Database", "PITR Backup Storage", "48.171196", "1 GB/Month", "5.20248919022623436"},
		{"DZH318Z0BP2M-007D-P1 v3 App (Hours)", "P1 v3 App", "Azure App Service", "Azure App Service Premium v3 Plan", "522.766309", "1 Hour", "144.80626747597707184"},
		{"DZH318Z0BP2M-007F-B1 App (Hours)", "B1 App", "Azure App Service", "Azure App Service Basic Plan", "773.098123", "1 Hour", "12.60149940995397323"},
		{"DZH318Z0BP31-0003-Operations (10K)", "Operations", "Key Vault", "Key Vault", "14.989595", "10K", "0.40471906480543126"},
		{"DZH318Z0BP4W-000R-Analytics Logs Data Ingestion (GB)", "Analytics Logs Data Ingestion", "Log Analytics", "Log Analytics", "47.606157", "1 GB", "118.20608756399204004"},
		{"DZH318Z0BP4W-000T-Analytics Logs Data Retention (GB/Month)", "Analytics Logs Data Retention", "Log Analytics", "Log Analytics", "90.800258", "1 GB/Month", "9.80642789606400448"},
		{"DZH318Z0BP6K-001X-Standard Fixed Cost (Hours)", "Standard Fixed Cost", "Application Gateway", "Application Gateway Standard v2", "491.419166", "1 Hour", "88.4063079458174828"},
		{"DZH318Z0BP6K-001Z-Standard Capacity Units (Hours)", "Standard Capacity Units", "Application Gateway", "Application Gateway Standard v2", "3820.510925", "1 Hour", "27.50767866348349487"},
		{"DZH318Z0BP6R-0008-Standard IPv4 Static Public IP (Hours)", "Standard IPv4 Static Public IP", "Virtual Network", "IP Addresses", "3244.702287", "1 Hour", "14.60116029317715339"},
		{"DZH318Z0BP7B-002C-VpnGw1 (Hours)", "VpnGw1", "VPN Gateway", "VPN Gateway", "583.078545", "1 Hour", "99.70643118015954833"},
		{"DZH318Z0BP8N-0015-Azure VM Protected Instances (1/Month)", "Azure VM Protected Instances", "Backup", "Backup", "3.489124", "1/Month", "31.40211525588473159"},
		{"DZH318Z0BP9D-0004-Private Zone (1/Month)", "Private Zone", "Azure DNS", "Private DNS", "3.335771", "1/Month", "1.50109695064175107"},
	}
}

// usedMeters are the meters of a plan; their costs add up to the plan's.
func (a azure) usedMeters() []meter {
	switch {
	case a.idle():
		return nil
	case a.metered:
		return scaledMeters(catalogue(), a.cost)
	default:
		return defaultMeters(a.cost)
	}
}

// defaultMeters divide a cost among a virtual machine, a database, a disk and
// traffic.
func defaultMeters(cost json.Number) []meter {
	all := catalogue()
	meters := []meter{all[11], all[16], all[5], all[9]}
	for i, share := range []json.Number{"0.55", "0.25", "0.15", "0.05"} {
		meters[i].cost = product(cost, share)
	}
	return meters
}

// scaledMeters change the costs of meters so that they add up to another, in
// the same proportions. What rounding leaves over is the last one's.
func scaledMeters(meters []meter, cost json.Number) []meter {
	total := json.Number("0")
	for _, m := range meters {
		total = sum(total, m.cost)
	}
	if compare(total, cost) == 0 {
		return meters
	}
	rest := cost
	for i := range meters {
		meters[i].cost = portion(cost, meters[i].cost, total)
		if i == len(meters)-1 {
			meters[i].cost = rest
		}
		rest = sum(rest, negate(meters[i].cost))
	}
	return meters
}
