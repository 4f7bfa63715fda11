"""Which words say why a condition on the measurement of scores does not hold. Pure functions, table in, keys out."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

UNKNOWN = "missed_unknown"
OTHER = "missed_other"
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "alpha": "missed_reliability",
        "omega": "missed_reliability",
        "ordered_omega": "missed_reliability",
        "alpha_conf_low": "missed_reliability",
        "omega_conf_low": "missed_reliability",
        "cfi": "missed_fit",
        "rmsea": "missed_fit",
        "srmr": "missed_fit",
        "organisations": "missed_organisations",
        "members_median": "missed_members",
        "icc_1": "missed_icc_1",
        "f_test": "missed_f_test",
        "rwg_j_median": "missed_rwg_j_median",
        "icc_2": "missed_icc_2",
    }
)
"""Measure → wording key; a comparison has its own."""


def wording_of(condition: Mapping[str, object]) -> str:
    """Return the wording key of a row of ``queries.conditions``."""
    if condition["verdict"] == "unknown":
        return UNKNOWN
    if condition["purpose"] == "comparison":
        return "missed_comparison"
    return WORDS.get(str(condition["measure"]), OTHER)


def reasons(conditions: pd.DataFrame, fit_id: str) -> dict[tuple[str, str, str, str], int]:
    """Return why the conditions of a fit do not hold, each reason once, and of how many conditions.

    Args:
        conditions: See ``queries.conditions``.
        fit_id: The fit.

    Returns:
        Scale, respondent group (empty for several together), wording key and what was compared → how many conditions.
    """
    own = conditions[conditions["fit_id"] == fit_id].to_dict("records")
    found = [
        (str(each["scale"]), str(each["respondent_group"]), wording_of(each), str(each["over"]))
        for each in ({str(name): value for name, value in row.items()} for row in own)
    ]
    return dict(Counter(found))
