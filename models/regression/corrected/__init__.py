"""Regressions on organisation means that are corrected for how few answers each rests on."""
