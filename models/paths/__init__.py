"""Paths: mediation, structural models, panels of waves and mediation across levels."""
