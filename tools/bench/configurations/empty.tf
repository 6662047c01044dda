# Nothing: what Terraform itself takes to start.
