"""Regressions computed inside a database: the same results as on rows, from what a few scans bring home."""
