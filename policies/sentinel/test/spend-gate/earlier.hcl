mock "tfplan/v2" {
  module {
    source = "mock-tfplan-earlier.sentinel"
  }
}

test {
  rules = {
    main = false
  }
}
