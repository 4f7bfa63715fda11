"""Regressions of categories and counts: maximum likelihood, separation, margins."""
