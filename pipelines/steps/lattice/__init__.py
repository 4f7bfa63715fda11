"""Figures of units within units: which may be shown together, and what somebody who sees them all can work out."""
