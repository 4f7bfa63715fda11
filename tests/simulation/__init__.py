"""Simulations for what no program gives trustworthy values for: ``make simulate``. No tests."""
