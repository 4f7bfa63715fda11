"""The response surface of a fit as labelled rows: lines, axes, and whether the conditions of congruence hold."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Iterator, Mapping
from typing import cast

import numpy as np
import pandas as pd

from models.regression.columns import column_of, surface_terms
from models.regression.identification import ModelDataError
from models.regression.inference import two_sided_p
from models.regression.moderation.combinations import Combinations
from models.regression.moderation.fitted import FittedDesign
from models.regression.moderation.response_surface import (
    FEATURES,
    LINES,
    PLANE,
    plane_lines,
    surface_lines,
    surface_shape,
)
from models.sections.regressors import Surface

SURFACE_COLUMNS = (
    *("feature", "estimate", "std_error", "df", "p_value", "conf_low", "conf_high"),
    *("against", "expected_sign", "verdict"),
)
AGAINST: Mapping[str, float] = {"x0": np.nan, "y0": np.nan, "p11": 1.0, "p21": -1.0}
"""What an interval and a p-value are compared with, other than nought; nothing for where the stationary point lies."""
BROAD, STRICT = ("a3", "a4", "p10", "p11"), ("a1", "a2")
APART = 0.5
SHARES = ("share_self_higher", "share_other_higher", "share_in_agreement")
Row = dict[str, object]


def features_of_surface(fitted: FittedDesign) -> pd.DataFrame:
    """Return the features of a model's response surface; no row for a model without one.

    Reports are in points from the midpoint of their scale. Rows, in order: a1 to a5 and the features of
    ``response_surface.FEATURES`` with tests under the covariance in use, axes by the delta method; ``kind`` (peak,
    valley or saddle; ``no_axes`` where there is no stationary point); ``broad_congruence`` and ``strict_congruence``;
    and which share of the responses have x higher than y by more than half a pooled standard deviation of both, y
    higher, or neither.

    A verdict of a1 to a4, p10 and p11 tells whether the condition of congruence holds that rests on it: a4 below nought
    with its interval; a3 and p10 with nought, p11 with 1 in the interval; for strict congruence a1 and a2 with nought
    in it too. These are the six conditions of the checklist of Humberg, Nestler and Back (2019), for congruence that
    goes with a higher outcome; theirs are two-sided tests at .05, ours intervals at the model's confidence level. That
    nought lies in an interval does not show that a value is nought: with few organisations all but the first hold
    easily. No verdict tells which direction of disagreement is worse: where congruence holds, neither is, and a3 also
    differs from nought where one report alone counts.

    References:
        Edwards and Parry (1993); Shanock et al. (2010), Journal of Business and Psychology 25(4), 543-554. Humberg,
        Nestler and Back (2019), Social Psychological and Personality Science 10(3), 409-419,
        doi:10.1177/1948550618757600, checklist in Figure 3 and R code of the supplement.
    """
    surface = fitted.spec.surface()
    terms = [] if surface is None else list(surface_terms(surface.surface))
    if surface is None or not fitted.has_terms(terms):
        return pd.DataFrame(columns=list(SURFACE_COLUMNS))
    places = tuple(fitted.terms.index(term) for term in terms)
    rows = _of_curves(fitted, places) if surface.surface.curved else _of_plane(fitted, places)
    table = pd.DataFrame([*rows, *_shares(fitted, surface)], columns=list(SURFACE_COLUMNS))
    signs = {str(line): sign for line, sign in surface.surface.expected.items()}
    return table.assign(
        expected_sign=[signs.get(str(feature), "") for feature in table["feature"]],
        verdict=table["verdict"].astype("object").fillna("").astype("str"),
    )


def _of_plane(fitted: FittedDesign, places: tuple[int, ...]) -> list[Row]:
    return list(_tested(PLANE, plane_lines(fitted.coefficients, places, fitted.spec.confidence_level)))


def _of_curves(fitted: FittedDesign, places: tuple[int, ...]) -> list[Row]:
    level = fitted.spec.confidence_level
    rows: list[Row] = list(_tested(LINES, surface_lines(fitted.coefficients, places, level)))
    try:
        shape = surface_shape(fitted.coefficients, places, level)
    except ModelDataError:
        kind = "no_axes"
    else:
        rows.extend(_tested(FEATURES, shape.features))
        kind = shape.kind
    rows.append({"feature": "kind", "verdict": kind})
    return _judged(rows)


def _tested(names: tuple[str, ...], found: Combinations) -> Iterator[Row]:
    for place, name in enumerate(names):
        against, df = AGAINST.get(name, 0.0), float(found.df[place])
        distance = abs(float(found.estimate[place]) - against) / float(found.std_error[place])
        yield {
            "feature": name,
            "estimate": float(found.estimate[place]),
            "std_error": float(found.std_error[place]),
            "df": df if np.isfinite(df) else np.nan,
            "p_value": float(two_sided_p(np.array([distance]), found.df[[place]])[0]),
            "conf_low": float(found.conf_low[place]),
            "conf_high": float(found.conf_high[place]),
            "against": against,
        }


def _judged(rows: list[Row]) -> list[Row]:
    """Add whether each condition holds, and whether all of them do."""
    by_name = {str(row["feature"]): row for row in rows}
    holds = {name: name in by_name and _holds(name, by_name[name]) for name in (*BROAD, *STRICT)}
    for name, is_met in holds.items():
        if name in by_name:
            by_name[name]["verdict"] = "met" if is_met else "not_met"
    broad = all(holds[name] for name in BROAD)
    strict = broad and all(holds[name] for name in STRICT)
    told = {"broad_congruence": broad, "strict_congruence": strict}
    return [*rows, *({"feature": name, "verdict": "met" if is_met else "not_met"} for name, is_met in told.items())]


def _holds(name: str, row: Row) -> bool:
    low, high, against = (cast("float", row[each]) for each in ("conf_low", "conf_high", "against"))
    return high < 0 if name == "a4" else low <= against <= high


def _shares(fitted: FittedDesign, surface: Surface) -> Iterator[Row]:
    """Tell how the reports lie to each other, after Fleenor, McCauley and Brutus (1996) and Shanock et al. (2010).

    They standardise each report by itself; here one pooled standard deviation serves both, so that reports of which
    one is higher throughout do not count as in agreement.
    """
    x, y = (column_of(each) for each in surface.surface.reports)
    shares = zip(SHARES, fitted.observed.shares_apart(x, y, APART), strict=True)
    for name, share in shares:
        yield {"feature": name, "estimate": share}
