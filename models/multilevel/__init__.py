"""Models of people in organisations: random effects, and averages over the population."""
