"""Whether two fits say the same, and what differs in what they were made from."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Literal

import numpy as np
import pandas as pd

from models.estimates import Matrix, estimates_digest, result_numbers
from models.origin import Origin

Verdict = Literal["identical", "equal", "different"]
TOLERANCE = 1e-9


def compare_results(recorded: pd.DataFrame, refitted: pd.DataFrame) -> tuple[Verdict, float]:
    """Compare the estimates of two fits.

    Two numbers a and b differ by ``|a - b| / max(1, |a|, |b|)``; two missing ones by 0, a missing and a known one by
    infinity.

    Args:
        recorded: One row a term, in any order, with the columns of ``Fit.estimates``.
        refitted: The same of the other fit.

    Returns:
        ``identical`` when all bits are the same, ``equal`` when no difference is above 1e-9, else ``different``; and
        the largest difference, infinite when the terms are not the same.
    """
    first, second = recorded.sort_values("term"), refitted.sort_values("term")
    if list(first["term"]) != list(second["term"]):
        return "different", float("inf")
    if estimates_digest(first) == estimates_digest(second):
        return "identical", 0.0
    difference = _largest_difference(result_numbers(first), result_numbers(second))
    return ("equal" if difference <= TOLERANCE else "different"), difference


def _largest_difference(first: Matrix, second: Matrix) -> float:
    is_known = np.isfinite(first) & np.isfinite(second)
    if not np.array_equal(first[~is_known], second[~is_known], equal_nan=True):
        return float("inf")
    a, b = first[is_known], second[is_known]
    scale = np.maximum(1.0, np.maximum(np.abs(a), np.abs(b)))
    return float((np.abs(a - b) / scale).max(initial=0.0))


def differing_origins(first: Mapping[str, object], second: Mapping[str, object]) -> tuple[str, ...]:
    """Return which of spec_hash, data_hash, code_hash, env_hash and seed differ between two rows of ``out.fits``."""
    return tuple(field.name for field in fields(Origin) if first[field.name] != second[field.name])
