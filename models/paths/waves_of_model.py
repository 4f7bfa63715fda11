"""A cross-lagged panel or latent growth in words → lags, levels and slopes as rows of a fit."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from instruments.counted import counted
from models.measurement.confirmatory.analysis import FactorAnalysis
from models.measurement.confirmatory.refusals import FactorModelError
from models.paths.found import WAVE_BEFORE, FoundPaths, JointTest, normal_rows, path_term
from models.paths.growth import PARTS, Growth, fit_growth
from models.paths.mediation_rows import places_in_time
from models.paths.panel_fit import PanelAnswers, PanelFit, against_cross_lagged, fit_panel, steadiness
from models.paths.panel_layout import FEWEST_WAVES, Panel, trait
from models.regression.columns import column_of
from models.regression.design import INTERCEPT, Design
from models.regression.identification import ModelDataError
from models.sections.paths import Paths
from models.sections.regressors import focal_variable
from models.spec import RegressionSpec

DOUBTS = ("not_converged", "not_a_maximum", "starts_disagree")
SCALED, PLAIN = "chi-square difference, scaled", "chi-square difference"


def estimate_panel(spec: RegressionSpec, design: Design) -> FoundPaths:
    """Follow an outcome and the focal regressor over waves; units that miss a wave are kept (full information).

    Raises:
        ModelDataError: If there are too few waves or units, or the model is not identified.
    """
    paths, focal = spec.paths or Paths(), column_of(focal_variable(spec.focal))
    names = (spec.outcome, focal)
    values = pd.DataFrame({spec.outcome: design.outcome, focal: design.matrix[focal]})
    wide = _wide(spec, design, values, names)
    _refuse_lasting(wide)
    try:
        panel = Panel(wide.series, paths.random_intercepts, frozenset(paths.steady))
        with np.errstate(invalid="ignore"):  # standardised values of improper estimates, which are not shown
            fit = fit_panel(panel, wide.answers)
    except FactorModelError as error:
        raise ModelDataError(str(error)) from error
    tests = _tests(fit, wide.answers) if panel.n_waves >= FEWEST_WAVES else ()
    level = spec.confidence_level
    return FoundPaths(
        estimates=pd.concat([_lags(fit, names, wide.waves, level), _lasting(fit, names, level)], ignore_index=True),
        diagnostics=_told(fit.analysis, dict(fit.indices), wide),
        n_obs=len(wide.answers.data),
        n_clusters=wide.n_clusters,
        n_parameters=int(fit.indices["n_parameters"]),
        joint_tests=tests,
    )


def estimate_growth(spec: RegressionSpec, design: Design) -> FoundPaths:
    """Estimate level and slope of an outcome over waves one apart, and what of a unit at its first wave explains them.

    Raises:
        ModelDataError: If there are too few waves or units, or the model is not identified.
    """
    paths = spec.paths or Paths()
    predictors = tuple(str(each) for each in design.matrix if each != INTERCEPT and not str(each).startswith("wave["))
    wide = _wide(spec, design, pd.DataFrame({spec.outcome: design.outcome}), (spec.outcome,), predictors)
    columns = wide.series[spec.outcome]
    try:
        growth = Growth(columns, tuple(float(each) for each in range(len(columns))), paths.degree, predictors)
        with np.errstate(invalid="ignore"):  # as of a panel
            fit = fit_growth(growth, wide.answers)
    except FactorModelError as error:
        raise ModelDataError(str(error)) from error
    own = fit.parameters
    is_shown = own["kind"].isin(["factor_mean", "regression", "factor_covariance"]) & own["left"].isin(PARTS)
    rank = own["kind"].map({"regression": 0, "factor_mean": 1, "factor_covariance": 2})
    shown = own[is_shown].assign(rank=rank).sort_values("rank", kind="stable")
    terms = tuple(_part(*row) for row in zip(shown["kind"], shown["left"], shown["right"], strict=True))
    values, errors = shown["estimate"].to_numpy(dtype=float), shown["std_error"].to_numpy(dtype=float)
    return FoundPaths(
        estimates=normal_rows(terms, values, errors, spec.confidence_level),
        diagnostics=_told(fit.analysis, dict(fit.indices), wide),
        n_obs=len(wide.answers.data),
        n_clusters=wide.n_clusters,
        n_parameters=int(fit.indices["n_parameters"]),
    )


class _Wide:
    """Units in waves, one row a unit."""

    def __init__(self, answers: PanelAnswers, series: dict[str, tuple[str, ...]], waves: tuple[str, ...]) -> None:
        self.answers, self.series, self.waves = answers, series, waves

    @property
    def n_clusters(self) -> int | None:
        """Clusters; None without."""
        return None if self.answers.clusters is None else int(self.answers.clusters.nunique())

    @property
    def share_in_all(self) -> float:
        """Share of the units that answered in every wave."""
        first = list(next(iter(self.series.values())))
        return float(self.answers.data[first].notna().all(axis=1).mean())


def _wide(
    spec: RegressionSpec,
    design: Design,
    values: pd.DataFrame,
    names: Iterable[str],
    lasting: tuple[str, ...] = (),
) -> _Wide:
    if spec.panel is None:
        raise ModelDataError(f"{spec.estimator} without a panel; expected what a unit is; write panel")
    units, places = design.rows[spec.panel.column], places_in_time(design.rows, spec.panel.column)
    waves = design.rows["wave"].groupby(places).first().astype(str)
    series = {name: tuple(f"{name} in {wave}" for wave in waves) for name in names}
    parts = [
        values[name].groupby([units, places]).first().unstack().set_axis(list(columns), axis=1)
        for name, columns in series.items()
    ]
    first = design.rows.assign(place=places).sort_values("place", kind="stable").index
    ordered = units.loc[first]
    parts += [design.matrix.loc[first, list(lasting)].groupby(ordered).first()] if lasting else []
    data = pd.concat(parts, axis=1)
    clusters = None
    if not design.clusters.empty:
        column = design.clusters.iloc[:, 0]
        _refuse_several(column.groupby(units).nunique(), str(column.name))
        clusters = column.groupby(units).first().loc[data.index]
    estimator = "ml" if spec.covariance_used() == "classical" else "mlr"
    return _Wide(PanelAnswers(data, estimator, clusters=clusters), series, tuple(waves))


def _refuse_lasting(wide: _Wide) -> None:
    for name, columns in wide.series.items():
        followed = wide.answers.data[list(columns)]
        if len(columns) > 1 and (followed.max(axis=1) == followed.min(axis=1)).all():
            raise ModelDataError(
                f"'{name}' is the same in all waves of everybody; expected two variables that change, each of which "
                "may go before the other; make what lasts a regressor of latent_growth or of a regression"
            )


def _refuse_several(counts: pd.Series, name: str) -> None:
    n_several = int((counts > 1).sum())
    if n_several:
        raise ModelDataError(
            f"{counted(n_several, 'unit')} with rows in several clusters of '{name}'; expected units that lie within "
            "one; name a group that units never leave as cluster"
        )


def _lags(fit: PanelFit, names: tuple[str, ...], waves: tuple[str, ...], confidence_level: float) -> pd.DataFrame:
    """Return the lags, of the outcome on the focal regressor first; once where they are the same in all waves."""
    is_steady = "lags" in fit.panel.steady
    outcome, focal = names
    order = [(outcome, focal), (focal, outcome), (outcome, outcome), (focal, focal)]
    rank = [order.index(pair) for pair in zip(fit.lags["outcome"], fit.lags["cause"], strict=True)]
    own = fit.lags.assign(rank=rank).sort_values(["rank", "wave"], kind="stable")
    own = own.drop_duplicates("rank") if is_steady else own
    places = [int(wave) - 1 for wave in own["wave"]]
    terms = tuple(
        path_term(str(left), str(right)) + WAVE_BEFORE + ("" if is_steady else f", in {waves[place]}")
        for left, right, place in zip(own["outcome"], own["cause"], places, strict=True)
    )
    return normal_rows(terms, own["estimate"].to_numpy(float), own["std_error"].to_numpy(float), confidence_level)


def _lasting(fit: PanelFit, names: tuple[str, ...], confidence_level: float) -> pd.DataFrame:
    """Return variances and covariance of the lasting levels."""
    of = {trait(name): name for name in names}
    is_lasting = (fit.parameters["kind"] == "factor_covariance") & fit.parameters["left"].isin(list(of))
    own = fit.parameters.loc[is_lasting]
    terms = tuple(
        f"variance of lasting levels: {of[left]}"
        if left == right
        else f"covariance of lasting levels: {of[left]} ~ {of[right]}"
        for left, right in zip(own["left"], own["right"], strict=True)
    )
    values, errors = own["estimate"].to_numpy(dtype=float), own["std_error"].to_numpy(dtype=float)
    return normal_rows(terms, values, errors, confidence_level)


def _part(kind: str, left: str, right: str) -> str:
    if kind == "factor_mean":
        return path_term(left, INTERCEPT)
    if kind == "regression":
        return path_term(left, right)
    return f"variance: {left}" if left == right else f"covariance: {left} ~ {right}"


def _tests(fit: PanelFit, answers: PanelAnswers) -> tuple[JointTest, ...]:
    """Return tests of what is steady over waves, each beyond the one before, and of lasting levels."""
    method = SCALED if answers.estimator == "mlr" else PLAIN
    found = _ladder(steadiness, fit, answers, ("steady lags", "steady innovations", "steady means"), method)
    if fit.panel.has_traits:
        found += _ladder(against_cross_lagged, fit, answers, ("no lasting levels",), method)
    return found


def _ladder(
    test: Callable[[Panel, PanelAnswers, Sequence[PanelFit]], pd.DataFrame],
    fit: PanelFit,
    answers: PanelAnswers,
    names: tuple[str, ...],
    method: str,
) -> tuple[JointTest, ...]:
    try:
        with np.errstate(invalid="ignore"):  # as of a panel
            table = test(fit.panel, answers, (fit,))
    except FactorModelError:
        return tuple((name, np.nan, np.nan, np.nan, np.nan, method) for name in names)
    rows = zip(names, table["difference"][1:], table["difference_df"][1:], table["difference_p"][1:], strict=True)
    return tuple((name, float(value), float(df), np.nan, float(p), method) for name, value, df, p in rows)


def _told(analysis: FactorAnalysis, indices: dict[str, float], wide: _Wide) -> dict[str, float]:
    doubts = [each.name for each in analysis.problems]
    n_doubts = sum(name in DOUBTS for name in doubts)
    return {
        "n_units": float(len(wide.answers.data)),
        "n_waves": float(len(wide.waves)),
        "share_in_all_waves": wide.share_in_all,
        "chi_square": analysis.test.statistic,
        "chi_square_df": float(analysis.test.df),
        "chi_square_p": analysis.test.p_value,
        "cfi": indices.get("cfi_robust", indices["cfi"]),
        "rmsea": indices.get("rmsea_robust", indices["rmsea"]),
        "srmr": indices["srmr"],
        "optimum_doubts": float(n_doubts),
        "improper_estimates": float(len(doubts) - n_doubts),
        "log_likelihood": indices["log_likelihood"],
        "aic": indices["aic"],
        "bic": indices["bic"],
    }
