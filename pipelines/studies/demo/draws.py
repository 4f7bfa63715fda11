"""Random numbers by seed and name, and the arithmetic of chances. Nothing about the study."""

import zlib

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Places = NDArray[np.intp]
Truths = NDArray[np.bool_]


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers that belong to a seed and a name."""
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(name.encode())]))


def shifted(share: float | Values, added: Values) -> Values:
    """Add to the logit of a share; 0 and 1 stay what they are."""
    base = np.asarray(share, dtype=float)
    odds = base / np.maximum(1 - base, 1e-300) * np.exp(added)
    return np.where(base >= 1, 1.0, odds / (1 + odds))


def inverse_logit(logit: Values) -> Values:
    """Return the chance that belongs to a logit."""
    return 1 / (1 + np.exp(-logit))
