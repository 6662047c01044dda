mock "tfplan/v2" {
  module {
    source = "mock-tfplan-invoke.sentinel"
  }
}

test {
  rules = {
    main = false
  }
}
