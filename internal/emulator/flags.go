package emulator

import "flag"

// AddExportFlags adds the flags for the exports of Microsoft Graph.
func (o *Options) AddExportFlags(flags *flag.FlagSet) {
	flags.IntVar(&o.Rows, "rows", 0, "give each export of Microsoft Graph this `number` of rows, if that is more than it has anyway")
	flags.BoolVar(&o.ManifestLink, "manifest-link", false, "let the operations of Microsoft Graph link to their manifests, instead of having them inline")
	flags.DurationVar(&o.SASLifetime, "sas-lifetime", 0, "`time` after which blobs need another SAS; a negative one has ended (default 1h)")
	flags.BoolVar(&o.AppOnly, "app-only", false, "sign in as the application alone: print no refresh token")
	flags.BoolVar(&o.NoConsent, "no-consent", false, "leave the application without the permission of Microsoft Graph")
}
