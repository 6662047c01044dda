mock "tfplan/v2" {
  module {
    source = "mock-tfplan-no-gate.sentinel"
  }
}

test {
  rules = {
    main = false
  }
}
