"""Results → what may be shown: cells with too few people withheld, options chosen by very few joined, numbers rounded.

The rules of this version: figures exist by respondent group and wave over all organisations only; a cell needs the
least cell size and, where organisations are known, three of them; a mean needs answers that differ; a band of answer
options needs three answers and one per cent of them, and a distribution two bands (properties P1, P2 and P9 of the
design). The rules for fits are in ``fits_to_withhold``.
"""

from collections.abc import Iterable

import pandas as pd

from instruments.faults import DataError
from pipelines.steps.release_rounding import round_to_five
from pipelines.tables.base import Table
from pipelines.tables.released import DISTRIBUTIONS_RELEASED, RESPONSE_RATES_RELEASED, SCALE_MEANS_RELEASED

LEAST_ORGANISATIONS = 3
LEAST_BAND = 3
LEAST_BAND_PERCENT = 1
LEAST_BANDS = 2
FORBIDDEN_COLUMNS = (
    *("response_id", "respondent_key", "organisation_id", "unit_id", "collaboration_id"),
    *("row_number", "file_sha256", "text_id"),
)
COEFFICIENTS = ("alpha", "omega")
CELL = ["item", "respondent_group", "wave"]


class DisclosureError(DataError):
    """A table holds what must never leave the warehouse."""


def is_too_small(n_obs: pd.Series, n_organisations: pd.Series, least_cell_size: int) -> pd.Series:
    """Say which cells have too few people, or come from too few organisations where these are known."""
    few_people = n_obs.fillna(0) < least_cell_size
    few_organisations = (n_organisations < LEAST_ORGANISATIONS).fillna(False)
    return (few_people | few_organisations).astype(bool)


def protect_response_rates(rates: pd.DataFrame, n_organisations: pd.Series, least_cell_size: int) -> pd.DataFrame:
    """Withhold small groups and round; a rate is that of the rounded counts, so that it tells no more than these.

    A rate is missing where so few did not answer that they could be worked out, and where it is nought or one.

    Args:
        rates: ``out.response_rates``.
        n_organisations: Organisations among the analysed responses, aligned with ``rates``; NA when unknown.
        least_cell_size: Fewest responses of a shown group.

    Returns:
        The released table.
    """
    responses = rates["n_complete"] + rates["n_partial"]
    hidden = is_too_small(responses, n_organisations, least_cell_size)
    n_invited, n_responses = round_to_five(rates["n_invited"]), round_to_five(responses)
    rate = (n_responses / n_invited.where(n_invited > 0)).astype("Float64").round(2)
    few_silent = (rates["n_invited"] - responses < least_cell_size).fillna(True)
    shown = pd.DataFrame(
        {
            "n_invited": n_invited,
            "n_responses": n_responses,
            "n_organisations": round_to_five(n_organisations),
            "response_rate_2": rate.mask((few_silent | rate.isin([0.0, 1.0])).astype(bool)),
        }
    ).mask(hidden)
    return RESPONSE_RATES_RELEASED.typed(shown.assign(**rates[["wave", "respondent_group"]], is_hidden=hidden))


def protect_scale_means(means: pd.DataFrame, reliability: pd.DataFrame, least_cell_size: int) -> pd.DataFrame:
    """Withhold small cells, and cells in which everyone has the same score; round to two decimals.

    Args:
        means: ``out.scale_means``.
        reliability: ``out.reliability``.
        least_cell_size: Fewest scores of a shown mean.

    Returns:
        The released table.
    """
    key = ["scale", "respondent_group", "wave"]
    joined = means
    for name in COEFFICIENTS:
        own = reliability[reliability["coefficient"] == name][[*key, "estimate", "n_obs"]]
        own = own.rename(columns={"estimate": name, "n_obs": f"n_{name}"})
        joined = joined.merge(own, on=key, how="left", validate="one_to_one")
    all_the_same = joined["std_dev"].fillna(0).round(2) == 0
    hidden = is_too_small(joined["n_obs"], joined["n_organisations"], least_cell_size) | all_the_same.astype(bool)
    shown = joined[["mean", "conf_low", "conf_high", *COEFFICIENTS]].round(2).mask(hidden)
    for name in COEFFICIENTS:
        shown[name] = shown[name].mask((joined[f"n_{name}"] < least_cell_size).fillna(True))
    shown["n_obs"] = round_to_five(joined["n_obs"]).mask(hidden)
    return SCALE_MEANS_RELEASED.typed(shown.assign(**joined[key], is_hidden=hidden))


def protect_distributions(distributions: pd.DataFrame, least_cell_size: int) -> pd.DataFrame:
    """Withhold items with few answers, join rare options into bands, give whole per cent that add to 100.

    Args:
        distributions: ``out.distributions``.
        least_cell_size: Fewest answers of a shown distribution.

    Returns:
        The released table; a withheld distribution is one row from its first to its last option.
    """
    bands = [
        _protect_distribution(cell.sort_values("code"), least_cell_size).assign(**dict(zip(CELL, key, strict=True)))
        for key, cell in distributions.groupby(CELL, sort=True)
    ]
    return DISTRIBUTIONS_RELEASED.typed(pd.concat(bands)) if bands else DISTRIBUTIONS_RELEASED.empty()


def _protect_distribution(cell: pd.DataFrame, least_cell_size: int) -> pd.DataFrame:
    codes = [int(code) for code in cell["code"]]
    counts = [int(count) for count in cell["n_answers"]]
    bands = join_rare_options(codes, counts)
    too_small = is_too_small(cell["n_obs"].head(1), cell["n_organisations"].head(1), least_cell_size).any()
    if too_small or len(bands) < LEAST_BANDS:
        hidden = {"code_from": codes[0], "code_to": codes[-1], "n_obs": None, "percent": None, "is_hidden": True}
        return pd.DataFrame([hidden])
    percents = whole_percents([count for _, _, count in bands])
    n_obs = int(round_to_five(cell["n_obs"].head(1)).iloc[0])
    return pd.DataFrame(
        [
            {"code_from": first, "code_to": last, "n_obs": n_obs, "percent": percent, "is_hidden": False}
            for (first, last, _), percent in zip(bands, percents, strict=True)
        ]
    )


def join_rare_options(codes: list[int], counts: list[int]) -> list[tuple[int, int, int]]:
    """Join neighbouring answer options until every band has at least three answers and one per cent of them.

    With one per cent in every band and two bands or more, no band is shown as 0 or 100 per cent.

    Args:
        codes: Codes in order.
        counts: Answers with each code.

    Returns:
        First code, last code and answers of each band; none when there are fewer than three answers in all.
    """
    least = max(LEAST_BAND, -(-sum(counts) * LEAST_BAND_PERCENT // 100))
    bands: list[tuple[int, int, int]] = []
    first, total = None, 0
    for code, count in zip(codes, counts, strict=True):
        first, total = code if first is None else first, total + count
        if total >= least:
            bands.append((first, code, total))
            first, total = None, 0
    if first is not None and bands:
        start, _, before = bands.pop()
        bands.append((start, codes[-1], before + total))
    return bands


def whole_percents(counts: list[int]) -> list[int]:
    """Share 100 whole per cent out by largest remainder, so that they add to 100."""
    total = sum(counts)
    floors = [100 * count // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda place: (-(100 * counts[place] % total), place))
    for place in by_remainder[: 100 - sum(floors)]:
        floors[place] += 1
    return floors


def audit_released(tables: Iterable[tuple[Table, pd.DataFrame]]) -> None:
    """Refuse tables that name a respondent, a unit or an organisation, or show a value where it is hidden.

    Raises:
        DisclosureError: With table and column.
    """
    for table, rows in tables:
        forbidden = [column for column in rows.columns if column in FORBIDDEN_COLUMNS]
        if forbidden:
            raise DisclosureError(
                f"{table.name} has a column {forbidden[0]}; figures of single units are never released"
            )
        if "is_hidden" not in rows:
            continue
        values = rows.loc[rows["is_hidden"].astype(bool)].drop(
            columns=[*table.key, "code_to", "is_hidden"], errors="ignore"
        )
        if values.notna().to_numpy().any():
            raise DisclosureError(f"{table.name} shows a value in a cell that is hidden")
