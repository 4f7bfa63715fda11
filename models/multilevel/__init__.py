"""Linear mixed models: effects of groups, nested or crossed, by (restricted) maximum likelihood."""
