# Ten days into November, where does a cost lead?
output "forecast" {
  value = provider::partnercenter::forecast(
    120.5682999999995904716,
    "2026-11-01T00:00:00Z",
    "2026-12-01T00:00:00Z", # the first instant that is not in November
    "2026-11-11T00:00:00Z",
  ) # 361.7048999999987714148
}

# The last day of a legacy subscription's period belongs to it.
output "forecast_legacy" {
  value = provider::partnercenter::forecast(
    100,
    "2026-11-01T00:00:00-07:00",
    timeadd("2026-11-30T00:00:00-07:00", "24h"),
    "2026-11-16T00:00:00-07:00",
  ) # 200
}
