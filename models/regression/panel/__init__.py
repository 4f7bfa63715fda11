"""Regressions of panels: the same units in several waves."""
