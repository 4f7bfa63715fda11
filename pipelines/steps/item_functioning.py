"""Items of the scales of a specification → which are answered differently at the same level. Pure tables."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from models.measurement.equivalence.differential import (
    CRANE,
    JODOIN_GIERL,
    ZUMBO_THOMAS,
    Functioning,
    FunctioningRule,
    ItemFunctioning,
    differential_functioning,
)
from models.sections.measurement import ItemFunctioningTests

CUT_OFFS: Mapping[str, FunctioningRule] = {
    "jodoin_gierl": JODOIN_GIERL,
    "zumbo_thomas": ZUMBO_THOMAS,
    "crane": CRANE,
}


def item_functioning_rows(
    items: pd.DataFrame, groups: pd.Series, clusters: pd.Series | None, asked: ItemFunctioningTests
) -> pd.DataFrame:
    """Test the items of one scale over groups.

    Args:
        items: One row a response (n), one column an item, reverse-scored items turned round.
        groups: Group of each response, missing where it has none.
        clusters: Organisation of each response; None where responses are taken as independent.
        asked: How items are judged.

    Returns:
        Columns of ``out.item_functioning`` from ``item`` on, one row an item.

    Raises:
        UsageError: If there are fewer than two items, or complete answers in fewer than two groups.
    """
    rule = replace(CUT_OFFS[asked.cut_offs], alpha=asked.alpha)
    found = differential_functioning(items, groups, rule, clusters=clusters, is_purified=asked.is_purified)
    return pd.DataFrame([_row(each, found) for each in found.items])


def _row(each: ItemFunctioning, found: Functioning) -> dict[str, object]:
    return {
        "item": each.item,
        "size": each.size,
        "is_flagged": each.is_flagged,
        "reason": each.reason,
        "compared": "; ".join(found.groups),
        "n_obs": each.n_obs,
        **_tests(each),
        "nagelkerke": each.both.nagelkerke,
        "mcfadden": each.both.mcfadden,
        **_furthest(each, found.groups),
        "matched_on": "; ".join(each.matched_on),
        "has_settled": found.has_settled,
    }


def _tests(each: ItemFunctioning) -> dict[str, object]:
    judged = each.clustered or each
    name = "wald_cr1" if each.clustered else "likelihood_ratio"
    return {
        "n_organisations": each.clustered.both.n_clusters if each.clustered else None,
        "test": "" if np.isnan(judged.both.p_value) else name,
        "uniform_p": judged.uniform.p_value,
        "non_uniform_p": judged.non_uniform.p_value,
        "p_value": judged.both.p_value,
    }


def _furthest(each: ItemFunctioning, groups: tuple[str, ...]) -> dict[str, object]:
    """Return the group other than the first that answers most differently at the same score."""
    sizes = np.abs(each.log_odds)
    if not np.isfinite(sizes).all():
        return {"log_odds": np.nan, "furthest_group": ""}
    place = int(sizes.argmax())
    return {"log_odds": each.log_odds[place], "furthest_group": groups[place + 1]}
