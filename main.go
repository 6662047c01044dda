// Command terraform-provider-partnercenter is a Terraform provider for spend in
// Microsoft Partner Center.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/provider"
)

// version is set by the release.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "run with support for debuggers")
	flag.Parse()

	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: "registry.terraform.io/seed-12616aef/partnercenter",
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
