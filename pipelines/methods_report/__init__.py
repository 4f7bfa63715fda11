"""The methodologist's report: how everything was measured and estimated, with the definition of every statistic."""
