"""Frontline staff over three waves: a panel with lasting parts, growth with a programme, and a product within.

Scores are in units of latent values, their errors of measurement taken as planted. Whoever leaves is kept for the waves
answered (full information). What waves and programmes have in common is taken out before the panel is fitted. Lags are
in units of the parts of occasions.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.linalg import block_diag

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.analysis import FactorAnalysis
from models.measurement.confirmatory.parameters import Layout, Parameter
from models.measurement.confirmatory.refusals import FactorModelError
from models.measurement.confirmatory.standardised import delta_errors
from models.one_thread import on_one_thread
from models.paths.estimated import analyse_layout
from models.paths.growth import Growth, fit_growth
from models.paths.panel_fit import PanelAnswers
from models.paths.panel_layout import Panel, panel_layout, trait, within
from models.paths.structure import saturated_among
from models.regression.corrected.solved import jackknife_covariance
from pipelines.studies.demo.effects import Dynamics
from pipelines.studies.demo.recovery.erring import means_of
from pipelines.studies.demo.recovery.figures import Figure
from pipelines.studies.demo.recovery.scored import Wave, joined
from pipelines.studies.demo.recovery.units import Units, followed

PART = "dynamics"
NULL = "leadership ~ last co-production (true null)"
GROWTH = "leadership gained a wave with a programme"
LEADERSHIP, COPRODUCTION, SAFETY = "leadership", "coproduction", "safety"
SERIES = {name: tuple(f"{name} {number}" for number in (1, 2, 3)) for name in (LEADERSHIP, COPRODUCTION)}
PANEL = Panel(SERIES, steady=frozenset({"lags", "innovations"}))
SAFE = trait(SAFETY)
LAGS: Mapping[str, tuple[str, str]] = {
    "leadership ~ last leadership": (LEADERSHIP, LEADERSHIP),
    "co-production ~ last co-production": (COPRODUCTION, COPRODUCTION),
    "co-production ~ last leadership": (COPRODUCTION, LEADERSHIP),
    NULL: (LEADERSHIP, COPRODUCTION),
}
BETWEEN = ((LEADERSHIP, LEADERSHIP), (COPRODUCTION, COPRODUCTION), (LEADERSHIP, COPRODUCTION))
TOLD = {LEADERSHIP: "leadership", COPRODUCTION: "co-production"}
LEVELS = ("organisation", "person", "occasion")
NAMES = (
    *LAGS,
    "correlation of what is new",
    *(f"share of variance of {TOLD[name]}: {level}" for name in TOLD for level in LEVELS),
    "correlation of persons: leadership with co-production",
    "correlation of persons: leadership with safety",
    "correlation of persons: co-production with safety",
)


def dynamic_figures(waves: Sequence[Wave], units: Units, planted: Dynamics) -> Iterator[Figure]:
    """Yield every figure of ``Dynamics`` over three waves; NaN where the answers do not carry a model.

    Args:
        waves: Three waves.
        units: Of the scores.
        planted: Shares that tell what a unit of an occasion's part is.
    """
    said = followed(waves, units.of)
    programme = joined(said, waves[0].of_organisations("programme"))
    values, errors = _panel_figures(said, programme, units.staff_errors, planted)
    yield from (Figure.with_error(PART, *each) for each in zip(NAMES, values.tolist(), errors.tolist(), strict=True))
    yield _growth(said, programme)


def panel_with_errors(errors: pd.DataFrame) -> Layout:
    """Return the panel whose columns err as told, with safety beside it that lasts.

    Args:
        errors: Covariances of the errors of ``PANEL.items`` and safety.
    """
    parts = [each for each in panel_layout(PANEL).parameters if each.kind != "residual_covariance"]
    items = (*PANEL.items, SAFETY)
    parts += [Parameter("residual_covariance", each, each, fixed=float(errors.loc[each, each])) for each in items]
    parts += [
        Parameter("residual_covariance", *pair, fixed=float(errors.loc[pair[0], pair[1]]))
        for pair in combinations(items, 2)
    ]
    traits = (trait(LEADERSHIP), trait(COPRODUCTION))
    parts += [Parameter("loading", SAFE, SAFETY, fixed=1.0), Parameter("intercept", SAFETY)]
    parts += [Parameter("factor_covariance", each, SAFE) for each in (*traits, SAFE)]
    return Layout(items, (*panel_layout(PANEL).factors, SAFE), 1, tuple(parts))


def _panel_figures(
    said: pd.DataFrame, programme: pd.Series, errors: pd.DataFrame, planted: Dynamics
) -> tuple[Vector, Vector]:
    unknown = np.full(len(NAMES), np.nan)
    layout = panel_with_errors(errors)
    data = said[list(layout.items)]
    data = data - data.groupby(programme).transform("mean")
    try:
        with on_one_thread(), np.errstate(invalid="ignore"):  # standardised values of improper estimates
            grouped = PanelAnswers(data, "mlr", clusters=said["organisation"]).grouped(layout.items)
            analysis = analyse_layout(layout, saturated_among(layout.items, (), 1), grouped, "mlr")
    except FactorModelError:
        return unknown, unknown
    between, spread = _between(data.assign(organisation=said["organisation"]))
    theta, covariance = analysis.fit.theta, analysis.fit.covariance
    of = _figures_of(analysis, planted)
    point = np.r_[theta, between]
    with np.errstate(invalid="ignore"):
        return of(point), delta_errors(of, point, np.asarray(block_diag(covariance, spread)))


def _between(said: pd.DataFrame) -> tuple[Vector, Matrix]:
    """Return the organisations' covariances ``BETWEEN`` in the first wave and the jackknife covariance of these."""
    first = {name: columns[0] for name, columns in SERIES.items()}
    known = said.dropna(subset=list(first.values()))
    persons = pd.DataFrame({name: known[column] for name, column in first.items()})
    organisations = means_of(persons, known["organisation"], int(known["organisation"].max()) + 1)
    found = np.column_stack([organisations.covariances(*pair) for pair in BETWEEN])
    return found[0], jackknife_covariance(found)


def _figures_of(analysis: FactorAnalysis, planted: Dynamics) -> Callable[[Vector], Vector]:
    """Return the function of free values and organisations' covariances → ``NAMES``."""
    layout = analysis.fit.layout
    place = {(each.kind, each.left, each.right): at for at, each in enumerate(layout.parameters)}
    scale = {LEADERSHIP: planted.leadership_shares[2] ** 0.5, COPRODUCTION: planted.coproduction_shares[2] ** 0.5}

    def of(point: Vector) -> Vector:
        values = layout.values(point[: layout.n_free])
        level = dict(zip(BETWEEN, point[layout.n_free :], strict=True))

        def both(one: str, other: str) -> float:
            return float(values[place["factor_covariance", one, other]])

        lags = [
            values[place["regression", within(outcome, 2), within(cause, 1)]] * scale[cause] / scale[outcome]
            for outcome, cause in LAGS.values()
        ]
        new = [both(within(one, 2), within(other, 2)) for one, other in BETWEEN]
        lasting = {pair: both(trait(pair[0]), trait(pair[1])) for pair in BETWEEN}
        shares = []
        for name in TOLD:
            occasion = both(within(name, 1), within(name, 1))
            parts = np.array([level[name, name], lasting[name, name] - level[name, name], occasion])
            shares.extend(parts / parts.sum())
        person = {pair: lasting[pair] - level[pair] for pair in BETWEEN}
        safe = [both(trait(name), SAFE) / np.sqrt(person[name, name] * both(SAFE, SAFE)) for name in TOLD]
        own = person[BETWEEN[2]] / np.sqrt(person[BETWEEN[0]] * person[BETWEEN[1]])
        return np.array([*lags, new[2] / np.sqrt(new[0] * new[1]), *shares, own, *safe])

    return of


def _growth(said: pd.DataFrame, programme: pd.Series) -> Figure:
    columns = SERIES[LEADERSHIP]
    data = said[list(columns)].assign(programme=programme)
    data = data[data[list(columns)].notna().any(axis=1)]
    answers = PanelAnswers(data, "mlr", clusters=said.loc[data.index, "organisation"])
    try:
        with np.errstate(invalid="ignore"):  # as of the panel
            fit = fit_growth(Growth(columns, (0.0, 1.0, 2.0), predictors=("programme",)), answers)
    except FactorModelError:
        return Figure(PART, GROWTH, np.nan)
    is_growth = (fit.parameters["kind"] == "regression") & (fit.parameters["left"] == "slope")
    own = fit.parameters[is_growth]
    return Figure.with_error(PART, GROWTH, float(own["estimate"].item()), float(own["std_error"].item()))
