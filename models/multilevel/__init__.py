"""Linear mixed models: random intercepts and slopes of groups, nested or crossed, by (restricted) maximum likelihood."""
