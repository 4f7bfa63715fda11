"""A mediation in words and its design → the rows that its equations are solved from, of one wave or of several.

Names of columns have no colon, which stands for a product in equations.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from instruments.counted import counted
from models.regression.columns import column_of
from models.regression.design import INTERCEPT, ORDER_OF_WAVES, Design
from models.regression.identification import ModelDataError, refuse_few
from models.sections.paths import Paths
from models.spec import RegressionSpec

COLON, RATIO = ":", "\u2236"
OF_WAVES = "wave["


@dataclass(frozen=True, eq=False)
class MediationRows:
    """What a mediation is computed from; all parts have the same n rows.

    Attributes:
        focal: Column of the focal regressor.
        mediators: Columns of the mediators, in their order.
        outcome: Column of the outcome.
        covariates: Columns of every equation.
        moderator: Column of the moderator; empty without one.
        data: The columns, numbers.
        clusters: Cluster of each row; None without.
        weights: Of each row; None where all count the same.
        n_units: Units followed over waves; None where rows are of one wave.
    """

    focal: str
    mediators: tuple[str, ...]
    outcome: str
    covariates: tuple[str, ...]
    moderator: str
    data: pd.DataFrame
    clusters: pd.Series | None
    weights: pd.Series | None
    n_units: int | None = None


def plain_name(term: str) -> str:
    """Return a term without colons."""
    return term.replace(COLON, RATIO)


def term_of(name: str) -> str:
    """Return the term that a column stands for."""
    return name.replace(RATIO, COLON)


def mediation_rows(spec: RegressionSpec, design: Design, fewest_beyond: int) -> MediationRows:
    """Lay the rows out.

    Args:
        spec: The model, variant applied.
        design: What it is computed from.
        fewest_beyond: How many more rows than coefficients of the outcome are asked for.

    Raises:
        ModelDataError: If the focal regressor has several columns, or nobody answered in as many waves as are needed.
    """
    paths = spec.paths or Paths()
    if len(design.focal) != 1:
        raise ModelDataError(
            f"the focal regressor has {counted(len(design.focal), 'column')}; expected one: a mediation follows a "
            "number or a category of two; join its categories, or write one model for each contrast"
        )
    focal = plain_name(design.focal[0])
    mediators = tuple(plain_name(column_of(each)) for each in paths.between())
    moderator = "" if (changing := paths.changing()) is None else plain_name(column_of(changing))
    data = design.matrix.drop(columns=INTERCEPT).rename(columns=plain_name)
    covariates = tuple(str(each) for each in data if each not in (focal, *mediators, moderator))
    outcome = plain_name(spec.outcome)
    clusters = None if design.clusters.empty else design.clusters.iloc[:, 0]
    data = data.assign(**{outcome: design.outcome})
    rows = MediationRows(focal, mediators, outcome, covariates, moderator, data, clusters, design.weights)
    if not paths.lagged or spec.panel is None:
        return rows
    lagged = _one_after_another(rows, design.rows, spec.panel.column, is_serial=paths.form == "serial")
    refuse_few(len(lagged.data), lagged.data.shape[1], fewest_beyond)
    return lagged


def _one_after_another(rows: MediationRows, design_rows: pd.DataFrame, unit: str, *, is_serial: bool) -> MediationRows:
    units, waves = design_rows[unit], places_in_time(design_rows, unit)
    keyed = rows.data.set_index(pd.MultiIndex.from_arrays([units, waves]))
    steps = len(rows.mediators) + 1 if is_serial else 2
    later = {name: place + 1 if is_serial else 1 for place, name in enumerate(rows.mediators)}
    later |= {rows.outcome: steps}
    taken = {name: keyed[name].to_numpy() for name in rows.data if name not in later}
    for name, lag in later.items():
        taken[name] = keyed[name].reindex(pd.MultiIndex.from_arrays([units, waves + lag])).to_numpy()
    data = pd.DataFrame(taken, index=rows.data.index).dropna()
    if data.empty:
        raise ModelDataError(
            f"of {counted(int(units.nunique()), 'unit')}, none answered in {steps + 1} waves one after another; "
            "expected some; link the waves, ask a further one, or take lagged out and call it a description of one wave"
        )
    steady = [name for name in rows.covariates if name.startswith(OF_WAVES) and len(data[name].unique()) == 1]
    return MediationRows(
        focal=rows.focal,
        mediators=rows.mediators,
        outcome=rows.outcome,
        covariates=tuple(each for each in rows.covariates if each not in steady),
        moderator=rows.moderator,
        data=data.drop(columns=steady),
        clusters=None if rows.clusters is None else rows.clusters.loc[data.index],
        weights=None if rows.weights is None else rows.weights.loc[data.index],
        n_units=int(units.loc[data.index].nunique()),
    )


def places_in_time(rows: pd.DataFrame, unit: str) -> pd.Series:
    """Return the place of each row's wave among those there are, from 0.

    Raises:
        ModelDataError: If a unit has two rows of a wave.
    """
    n_twice = int(rows.duplicated([unit, ORDER_OF_WAVES]).sum())
    if n_twice:
        raise ModelDataError(
            f"{counted(n_twice, 'row')} of a unit in a wave that has one already; expected one row a unit and wave; "
            "link the waves by a unique key or leave repeated responses out"
        )
    return rows[ORDER_OF_WAVES].rank(method="dense").astype(int) - 1


def explained_share(outcome: np.ndarray, fitted: np.ndarray, weights: Sequence[float] | np.ndarray | None) -> float:
    """Return the share of the variation of an outcome that fitted values explain, weighted."""
    own = np.ones(len(outcome)) if weights is None else np.asarray(weights, dtype=float)
    mean = float(own @ outcome / own.sum())
    return 1 - float(own @ (outcome - fitted) ** 2) / float(own @ (outcome - mean) ** 2)
