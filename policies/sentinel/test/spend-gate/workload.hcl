mock "tfplan/v2" {
  module {
    source = "mock-tfplan-workload.sentinel"
  }
}

test {
  rules = {
    main = true
  }
}
