"""Which scales a release says go together: the models whose term of interest is one scale and whose outcome another."""

from collections.abc import Collection

import pandas as pd

from dashboard.findings import direction, focal_estimate
from models.terms import scales_in_terms
from pipelines.board_report.findings_of_fits import kind_of_term

RELATION = ("fit_id", "first", "second", "way")


def relations(fits: pd.DataFrame, estimates: pd.DataFrame, scales: Collection[str]) -> pd.DataFrame:
    """Return which scales were looked at together, and what was found.

    Args:
        fits: See ``queries.fits``; only models as written count, not their variants.
        estimates: See ``queries.estimates``.
        scales: Names of the scales.

    Returns:
        One row a model: ``fit_id``, ``first`` and ``second``, the scales, and ``way``: up, down or unclear.
    """
    found: list[tuple[str, str, str, str]] = []
    for _, fit in fits[fits["variant"] == "main"].iterrows():
        focal = focal_estimate(fit, estimates)
        if focal is None or kind_of_term(str(focal["term"])) != "number" or fit["outcome"] not in scales:
            continue
        first = scales_in_terms([str(focal["term"])], scales)
        if len(first) == 1 and first[0] != fit["outcome"]:
            way = direction(pd.Series([focal["conf_low"]]), pd.Series([focal["conf_high"]]))[0]
            found.append((str(fit["fit_id"]), first[0], str(fit["outcome"]), str(way)))
    return pd.DataFrame(found, columns=list(RELATION))
