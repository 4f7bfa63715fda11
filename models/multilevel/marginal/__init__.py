"""Averages over the population by estimating equations: responses in clusters with a working correlation."""
