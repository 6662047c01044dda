terraform {
  required_providers {
    partnercenter = {
      source  = "seed-12616aef/partnercenter"
      version = "~> 0.1"
    }
  }
}

# Everything can come from the environment: see "Sign-in" below.
provider "partnercenter" {}
