"""What is raised when weights cannot be computed as asked."""

from instruments.faults import DataError


class WeightingError(DataError):
    """Weights or propensities cannot be computed; the message says why and what to do."""
