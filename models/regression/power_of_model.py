"""Power of a model for the design at hand: by formula, and where errors go together by simulation from the fit."""

# pyright: reportMissingTypeStubs=false

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix
from models.one_thread import on_one_thread
from models.regression.cluster_moments import cluster_moments, grouped_sums
from models.regression.columns import Labels
from models.regression.design import Design, build_design
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares
from models.regression.reading.power import minimum_detectable_effect, power_of_coefficient
from models.regression.reading.simulated_power import DrawnDesign, error_of_draws, error_variances, simulate_power
from models.spec import RegressionSpec

USUAL_EFFECTS = (0.1, 0.2, 0.5)
IN_UNITS_OF_THE_OUTCOME = ("linear", "mixed", "gee_linear")
COLUMNS = (
    "term",
    "effect",
    "std_error",
    "df",
    "power_by_formula",
    "power_simulated",
    "simulation_error",
    "std_error_drawn",
    "minimum_detectable",
)


@dataclass(frozen=True, eq=False)
class PowerOfModel:
    """What a design would have seen.

    Attributes:
        table: One row a term of the focal regressor and true effect: term, effect (in units of the coefficient),
            std_error and df of the fit, power_by_formula, power_simulated, its Monte Carlo simulation_error and
            std_error_drawn, the standard deviation of the coefficient over drawn studies (NaN where studies are not
            drawn), minimum_detectable (with a probability of .8).
        n_obs: Responses.
        n_clusters: Clusters; None without.
        intraclass: Share of the error variance between clusters; NaN where studies are not drawn.
        note: Why studies are not drawn; empty where they are.
    """

    table: pd.DataFrame
    n_obs: int
    n_clusters: int | None
    intraclass: float
    note: str


@dataclass(frozen=True)
class Sought:
    """Which power is asked for.

    Attributes:
        effects: True effects in units of the coefficient; none: the smallest effect of interest, else .1, .2 and .5
            standard deviations of a linear outcome.
        n_draws: Studies drawn an effect.
        seed: Of the draws.
        step: Called with each term and effect as it begins.
    """

    effects: Sequence[float]
    n_draws: int
    seed: int
    step: Callable[[str], None]


def power_of_model(spec: RegressionSpec, rows: pd.DataFrame, labels: Labels, sought: Sought) -> PowerOfModel:
    """Tell how likely the design of a fitted model is to show true effects of its focal regressor.

    By formula with the standard error and degrees of freedom of the fit (noncentral t). By simulation for linear models
    with one way of clusters, no weights and no fixed effects: cluster and residual variance are those of the fit, so
    that the intraclass correlation is respected, and every drawn study is tested with CR2 and Satterthwaite's degrees
    of freedom. Of a model with imputed values it is that of its complete responses.

    The two differ where the standard error that the data gave is not the one that drawn studies have. With few clusters
    it is a rough estimate of it (``reading.simulated_power.error_of_draws``), so that the power by formula is too; and
    where some clusters differ more than others, the data's knows of it, while drawn studies have errors alike. With the
    standard error of drawn studies the formula gives their power.

    Args:
        spec: The model, variant applied.
        rows: The responses used, with the columns that the model reads.
        labels: Variable → code → label, for the names of terms.
        sought: Effects and draws.

    Raises:
        ModelDataError: If no effect is given and the model tells none.
    """
    design = build_design(spec, rows, labels)
    effects = tuple(sought.effects) or _usual_effects(spec, design)
    fit = fit_regression(spec.model_copy(update={"bootstrap_draws": 0, "missing": "listwise"}), rows, labels)
    drawn, note = _drawn_design(spec, design)
    rng, level = np.random.default_rng(sought.seed), 1 - spec.confidence_level
    made: list[dict[str, object]] = []
    for term, error, df in _of_focal(fit.estimates, design.focal):
        for effect in effects:
            sought.step(f"{term}: {effect:g}")
            row: dict[str, object] = {"term": term, "effect": effect, "std_error": error, "df": df}
            row["power_by_formula"] = power_of_coefficient(effect, error, df, level)
            row["power_simulated"], row["simulation_error"], row["std_error_drawn"] = np.nan, np.nan, np.nan
            if drawn is not None:
                with on_one_thread():
                    place = list(design.matrix).index(term)
                    found = simulate_power(drawn, place, effect, rng, sought.n_draws, level)
                row["power_simulated"], row["simulation_error"] = found.power, found.std_error
                row["std_error_drawn"] = error_of_draws(drawn, place)
            row["minimum_detectable"] = minimum_detectable_effect(error, df, level=level)
            made.append(row)
    intraclass = np.nan if drawn is None else drawn.variances.intraclass
    return PowerOfModel(pd.DataFrame(made, columns=list(COLUMNS)), fit.n_obs, fit.n_clusters, intraclass, note)


def _of_focal(estimates: pd.DataFrame, focal: tuple[str, ...]) -> list[tuple[str, float, float]]:
    """Return term, standard error and degrees of freedom (infinite for the normal) of the focal regressor's terms."""
    terms: list[str] = estimates["term"].tolist()
    errors: list[float] = estimates["std_error"].tolist()
    df: list[float] = estimates["df"].fillna(np.inf).tolist()
    return [
        each for each in zip(terms, errors, df, strict=True) if each[0] in focal or each[0].split(": ")[-1] in focal
    ]


def _usual_effects(spec: RegressionSpec, design: Design) -> tuple[float, ...]:
    if spec.smallest_effect_of_interest is not None:
        return (spec.smallest_effect_of_interest,)
    if spec.estimator not in IN_UNITS_OF_THE_OUTCOME:
        raise ModelDataError(
            f"the model '{spec.name}' names no smallest_effect_of_interest; expected an effect in units of its "
            f"coefficients ({spec.estimator}); give one with --effect"
        )
    spread = float(design.outcome.std())
    return tuple(share * spread for share in USUAL_EFFECTS)


def _drawn_design(spec: RegressionSpec, design: Design) -> tuple[DrawnDesign | None, str]:
    reasons = [
        reason
        for is_so, reason in (
            (spec.estimator != "linear", f"the estimator is {spec.estimator}"),
            (bool(spec.corrected), "means of organisations are corrected"),
            (bool(spec.effects()), f"effects of {' and '.join(spec.effects())} are taken out"),
            (not spec.clusters(), "without clusters errors do not go together, and the formula says it all"),
            (len(spec.clusters()) > 1, "the model has two kinds of clusters, and studies are drawn with one"),
            (design.weights is not None, "the model has weights"),
        )
        if is_so
    ]
    if reasons:
        return None, f"power by formula only, no studies are drawn: {' and '.join(reasons)}"
    solution = solve_least_squares(design.matrix.to_numpy(), design.outcome.to_numpy())
    codes: NDArray[np.intp] = np.asarray(pd.factorize(design.clusters.iloc[:, 0])[0])
    sums: Matrix = grouped_sums(solution.rows, codes)
    return DrawnDesign(cluster_moments(solution, codes), sums, error_variances(solution, codes)), ""
