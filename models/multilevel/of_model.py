"""A mixed model in words and its design → estimates, tests, diagnostics: what every estimator hands back."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from models.estimates import JOINT_TEST_COLUMNS, Matrix, Vector
from models.multilevel.cluster_robust import outermost, robust_covariance
from models.multilevel.diagnostics import diagnose_mixed
from models.multilevel.explained import explained_variance
from models.multilevel.kenward_roger import KenwardRoger, kenward_roger
from models.multilevel.mixed_model import MixedEstimates, MixedModel, fit_mixed
from models.multilevel.random_terms import INTERCEPT_COLUMN, RandomTerm
from models.multilevel.satterthwaite import Satterthwaite, satterthwaite
from models.regression.clustered import Clustered
from models.regression.columns import Labels, columns_of
from models.regression.design import Design
from models.regression.equal_effects import NO_PAIRS, Pairs, contrasts_of
from models.regression.identification import ModelDataError
from models.regression.inference import Uncertainty
from models.regression.joint_tests import places_of_regressors, regressor_groups
from models.sections.random_effects import RandomEffects
from models.spec import RegressionSpec

CORRECTED: tuple[Clustered, ...] = ("CR2",)


@dataclass(frozen=True, eq=False)
class EstimatedMixed:
    """A mixed model and how sure its coefficients are.

    Attributes:
        model: The fit.
        uncertainty: Covariance and degrees of freedom of the p coefficients.
        approximation: Where degrees of freedom of several coefficients come from; None with clusters.
        r_squared: Marginal R2: share of the regressors in all variance.
        diagnostics: See ``models.multilevel.diagnostics``.
    """

    model: MixedModel
    uncertainty: Uncertainty
    approximation: Satterthwaite | KenwardRoger | None
    r_squared: float
    diagnostics: pd.DataFrame


def estimate_mixed(spec: RegressionSpec, design: Design, labels: Labels) -> EstimatedMixed:
    """Fit a mixed model as its specification asks for it.

    Args:
        spec: The model, variant applied.
        design: What it is computed from.
        labels: Variable → code → label, for the names of slopes.

    Raises:
        ModelDataError: If the data cannot carry the model.
    """
    terms = [_term(each, design, labels) for each in spec.random_effects]
    weights = None if design.weights is None else design.weights.to_numpy()
    model = fit_mixed(design.outcome, design.matrix, terms, weights, spec.likelihood or "REML")
    uncertainty, approximation = _uncertainty(spec, model, design)
    explained = explained_variance(model)
    groups = regressor_groups(spec, design.rows, design.profile, labels, model.terms)
    regressors = places_of_regressors(groups, model.terms)
    diagnostics = diagnose_mixed(design, model, (explained, uncertainty), regressors)
    return EstimatedMixed(model, uncertainty, approximation, explained.marginal_r2, diagnostics)


def mixed_joint_tests(
    estimated: EstimatedMixed, groups: dict[str, tuple[str, ...]], equal: Pairs = NO_PAIRS
) -> pd.DataFrame:
    """Test all coefficients of every regressor with several columns, and of the whole model, by a scaled F.

    Then that coefficients of pairs of terms are equal.

    Args:
        estimated: With Satterthwaite's or Kenward and Roger's degrees of freedom.
        groups: Regressor → its terms, all regressors last.
        equal: Name → pairs of terms.

    Returns:
        Columns as ``JOINT_TEST_COLUMNS``; no row without such degrees of freedom.
    """
    approximation, terms = estimated.approximation, estimated.model.terms
    if approximation is None:
        return pd.DataFrame(columns=list(JOINT_TEST_COLUMNS))
    method = "F, Satterthwaite" if isinstance(approximation, Satterthwaite) else "F, Kenward-Roger"
    asked: dict[str, Matrix] = {}
    for position, (name, columns) in enumerate(groups.items(), start=1):
        if len(columns) > 1 or position == len(groups):
            asked[name] = np.eye(len(terms))[[terms.index(column) for column in columns]]
    for name, pairs in equal.items():
        asked[name] = contrasts_of([(terms.index(one), terms.index(other)) for one, other in pairs], len(terms))
    rows: list[tuple[object, ...]] = []
    for name, contrasts in asked.items():
        test = approximation.test(contrasts, estimated.model.coefficients)
        rows.append((name, test.statistic, test.df, test.df_resid, test.p_value, method))
    return pd.DataFrame(rows, columns=list(JOINT_TEST_COLUMNS))


def _term(words: RandomEffects, design: Design, labels: Labels) -> RandomTerm:
    rows = design.rows
    columns = {INTERCEPT_COLUMN: pd.Series(1.0, index=rows.index)}
    for variable in words.variables():
        columns |= columns_of(variable, rows, labels, design.profile)
    parts = [rows[column].astype(str) for column in words.columns]
    named = parts[0]
    for part in parts[1:]:
        named = named + ":" + part
    return RandomTerm(words.name, named, pd.DataFrame(columns), words.correlated)


def _uncertainty(
    spec: RegressionSpec, model: MixedModel, design: Design
) -> tuple[Uncertainty, Satterthwaite | KenwardRoger | None]:
    contrasts = np.eye(len(model.terms))
    fewest = min(model.n_groups.values())
    kind = spec.covariance_used()
    if kind != "classical":
        _refuse_other_clusters(spec, model, design)
        found = robust_covariance(model, cast("Clustered", kind))
        is_corrected = kind in CORRECTED
        df: Vector = found.satterthwaite_df(contrasts) if is_corrected else np.full(len(contrasts), fewest - 1.0)
        return Uncertainty(found.covariance, df, fewest, corrected=found if is_corrected else None), None
    return approximated(spec, model)


def approximated(spec: RegressionSpec, model: MixedEstimates) -> tuple[Uncertainty, Satterthwaite | KenwardRoger]:
    """Return how sure coefficients are by the model's own covariance, with the degrees of freedom that are asked for.

    Raises:
        ModelDataError: As ``kenward_roger``.
    """
    contrasts, fewest = np.eye(len(model.terms)), min(model.n_groups.values())
    if spec.degrees_of_freedom == "kenward_roger":
        adjusted = kenward_roger(model)
        return Uncertainty(adjusted.adjusted, adjusted.df(contrasts), fewest), adjusted
    approximation = satterthwaite(model)
    return Uncertainty(model.covariance, approximation.df(contrasts), fewest), approximation


def _refuse_other_clusters(spec: RegressionSpec, model: MixedModel, design: Design) -> None:
    outer = outermost(model.problem.factors)
    (cluster,) = spec.clusters()
    codes = np.asarray(pd.factorize(design.clusters[cluster])[0])
    n_pairs = len(np.unique(np.stack([codes, outer.codes]), axis=1).T)
    if not n_pairs == outer.n_levels == design.clusters[cluster].nunique():
        raise ModelDataError(
            f"the clusters of '{cluster}' are not the groups of '{outer.group}', which hold all others; expected the "
            "same; name these as cluster, or leave cluster and covariance out"
        )
