mock "tfplan/v2" {
  module {
    source = "mock-tfplan-destroy.sentinel"
  }
}

test {
  rules = {
    main = false
  }
}
