mock "tfplan/v2" {
  module {
    source = "mock-tfplan-other-provider.sentinel"
  }
}

test {
  rules = {
    main = false
  }
}
