"""The analysis table, or its answers counted → figures by scale or item, group and wave, over all organisations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from instruments.scoring import keyed_items
from instruments.sections.response_scale import ResponseScale
from instruments.spec import Instrument
from models.measurement.aggregation.agreement import group_agreement
from models.measurement.answer_counts import CompleteCounts
from models.measurement.confirmatory.refusals import FactorModelError
from models.measurement.distributions import category_counts
from models.measurement.items import item_statistics
from models.measurement.means import scale_mean
from models.measurement.omega import omega_of_counts
from models.measurement.reliability import Reliability, alpha_from_covariance
from pipelines.steps.answer_patterns import CountedCell
from pipelines.tables.base import Table
from pipelines.tables.out import AGREEMENT, DISTRIBUTIONS, ITEMS, RELIABILITY, SCALE_MEANS

Cell = tuple[dict[str, str], pd.DataFrame]
Counted = Mapping[str, Sequence[CountedCell]]
"""Scale → its counted answers, see ``answer_patterns``."""


def cells_of(analysis: pd.DataFrame) -> list[Cell]:
    """Cut the table by wave and respondent group, the only cuts that are made; once for all scales and items."""
    return [
        ({"wave": str(wave), "respondent_group": str(group), "exclusions": ""}, rows.reset_index(drop=True))
        for (wave, group), rows in analysis.groupby(["wave", "respondent_group"], sort=True)
    ]


def reliability(counted: Counted, scales: dict[str, Instrument]) -> pd.DataFrame:
    """Estimate alpha and omega of every reflective scale: ``out.reliability``."""
    return _table(
        RELIABILITY,
        (
            {"scale": scale, **cell, **asdict(coefficient(answers.complete()))}
            for scale, instrument in scales.items()
            if instrument.scales[scale].measurement == "reflective"
            for cell, answers in counted[scale]
            for coefficient in (_alpha, _omega)
        ),
    )


def items(counted: Counted, scales: dict[str, Instrument]) -> pd.DataFrame:
    """Describe every item of every scale: ``out.items``."""
    described = [
        item_statistics(answers).assign(scale=scale, **cell) for scale in scales for cell, answers in counted[scale]
    ]
    return ITEMS.typed(pd.concat(described)) if described else ITEMS.empty()


def agreement(analysis: pd.DataFrame, scales: dict[str, Instrument]) -> pd.DataFrame:
    """Estimate agreement within organisations for every scale: ``out.agreement``."""
    cells = cells_of(analysis)
    return _table(
        AGREEMENT,
        (
            {"scale": scale, "level": "organisation", **cell, **_agreement(rows, instrument, scale)}
            for scale, instrument in scales.items()
            for cell, rows in _asked(cells, scale)
            if rows["organisation_id"].notna().any()
        ),
    )


def scale_means(analysis: pd.DataFrame, scales: dict[str, Instrument]) -> pd.DataFrame:
    """Estimate the mean of every scale: ``out.scale_means``."""
    cells = cells_of(analysis)
    return _table(
        SCALE_MEANS,
        (
            {"scale": scale, **cell, **asdict(scale_mean(rows[scale], rows["organisation_id"]))}
            for scale in scales
            for cell, rows in _asked(cells, scale)
        ),
    )


def distributions(analysis: pd.DataFrame, scales: dict[str, Instrument]) -> pd.DataFrame:
    """Count the answers to every item of a scale: ``out.distributions``."""
    cells = cells_of(analysis)
    counted = [
        _distribution(rows, item, list(scale.points)).assign(item=item, **cell)
        for item, scale in _items_of(scales).items()
        for cell, rows in cells
        if rows[item].notna().any()
    ]
    return DISTRIBUTIONS.typed(pd.concat(counted)) if counted else DISTRIBUTIONS.empty()


def _items_of(scales: dict[str, Instrument]) -> dict[str, ResponseScale]:
    return {
        item: instrument.points_of(scale)
        for scale, instrument in scales.items()
        for item in instrument.scales[scale].items
    }


def _asked(cells: list[Cell], scale: str) -> Iterator[Cell]:
    """Go through the cells in which at least one respondent has a score of the scale."""
    return ((cell, rows) for cell, rows in cells if rows[scale].notna().any())


def _alpha(answers: CompleteCounts) -> Reliability:
    return alpha_from_covariance(answers.covariance(), answers.n_obs)


def _omega(answers: CompleteCounts) -> Reliability:
    """Estimate omega; NaN, with the reason, where one factor cannot be estimated or is not to be trusted."""
    undefined = Reliability("omega", np.nan, np.nan, np.nan, answers.n_obs, len(answers.items))
    try:
        found = omega_of_counts(answers)
    except FactorModelError as error:
        return replace(undefined, reason=str(error))
    if found.problems:
        named = ", ".join(dict.fromkeys(f"{each.name} {each.about}".strip() for each in found.problems))
        return replace(undefined, reason=f"its one-factor model is not to be trusted ({named})")
    return replace(undefined, estimate=found.model_implied, conf_low=found.conf_low, conf_high=found.conf_high)


def _agreement(rows: pd.DataFrame, instrument: Instrument, scale: str) -> dict[str, float]:
    points = instrument.points_of(scale)
    n_points = points.highest - points.lowest + 1
    return asdict(group_agreement(keyed_items(rows, instrument, scale), rows[scale], rows["organisation_id"], n_points))


def _distribution(rows: pd.DataFrame, item: str, codes: list[int]) -> pd.DataFrame:
    organisations = rows.loc[rows[item].notna(), "organisation_id"]
    n_organisations = organisations.nunique() if organisations.notna().any() else pd.NA
    return category_counts(rows[item], codes).assign(n_organisations=n_organisations)


def _table(table: Table, rows: Iterator[dict[str, object]]) -> pd.DataFrame:
    return table.typed(pd.DataFrame(list(rows), columns=list(table.columns)))
