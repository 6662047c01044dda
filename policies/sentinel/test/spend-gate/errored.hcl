mock "tfplan/v2" {
  module {
    source = "mock-tfplan-errored.sentinel"
  }
}

test {
  rules = {
    main = false
  }
}
