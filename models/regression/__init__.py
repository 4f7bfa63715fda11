"""Regressions: design, estimation, diagnostics."""
