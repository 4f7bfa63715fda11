"""Factor models whose structure is stated beforehand: estimates, fit, validity, invariance."""
