"""Diagnostics of a mixed model: how variance divides, whether the optimum is one, what lies at its bound."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from models.multilevel.explained import Explained
from models.multilevel.mixed_model import MixedModel
from models.multilevel.variance_tests import tests_of_variances
from models.regression.design import Design
from models.regression.diagnostics import NO_REGRESSORS, counts_of_categories, judged, of_clusters, of_columns
from models.regression.inference import Uncertainty


def diagnose_mixed(
    design: Design,
    model: MixedModel,
    found: tuple[Explained, Uncertainty],
    regressors: Mapping[str, Sequence[int]] = NO_REGRESSORS,
) -> pd.DataFrame:
    """Return what a mixed model tells of itself, with thresholds and verdicts; columns as those of ``diagnose``.

    - icc, r2_marginal, r2_conditional: see ``models.multilevel.explained``; icc of each kind of groups where there are
      several.
    - n_groups of each kind of groups.
    - variance, covariance and at the end variance_residual: components, in units of the outcome squared.
    - variance_p of each effect: p-value that it does not differ between groups (even mixture of chi-squares).
    - singular: variances and correlations at their bounds; each of these by name, with a 1.
    - optimiser_disagreement: -2 log-likelihood of the worst of the optimisers above the one kept.
    - engine_difference: between two engines, relative.
    - optimum_doubts: what speaks against the optimum (``models.multilevel.audit.Audit.doubts``).
    - log_likelihood, aic, bic: as lme4; by REML comparable between models with the same regressors only.
    - max_leverage: of the regressors, as in least squares.
    - max_vif, condition_number, max_generalised_vif, least_category_n, least_df, share_of_responses_used: as of every
      linear model.
    """
    explained, uncertainty = found
    orthonormal, triangle = np.linalg.qr(design.matrix.to_numpy())
    values = {
        **values_of_model(model, explained),
        "max_leverage": float((orthonormal**2).sum(axis=1).max()),
        **of_columns(np.asarray(triangle), model.terms, regressors),
        "n_parameters": float(model.n_parameters),
        **counts_of_categories(design),
        **of_clusters(uncertainty),
        **({} if design.data is design.rows else {"n_responses": float(len(design.data))}),
        "share_of_responses_used": len(design.rows) / design.n_in_population,
    }
    return judged(values)


def values_of_model(model: MixedModel, explained: Explained) -> dict[str, float]:
    """Return the diagnostics that a model has of its variances and its optimum, without looking at rows."""
    shares = explained.intraclass_correlations()
    return {
        "icc": explained.intraclass_correlation,
        **({f"icc of {group}": share for group, share in shares.items()} if len(shares) > 1 else {}),
        "r2_marginal": explained.marginal_r2,
        "r2_conditional": explained.conditional_r2,
        **{f"n_groups of {group}": float(count) for group, count in model.n_groups.items()},
        **_components(model),
        **{f"variance_p of {test.group}: {test.effect}": test.p_value for test in tests_of_variances(model)},
        "singular": float(len(model.singular)),
        **{f"at_bound of {text}": 1.0 for text in model.singular},
        "optimiser_disagreement": model.audit.disagreement,
        "engine_difference": model.audit.engine_difference,
        "optimum_doubts": float(len(model.audit.doubts)),
        "log_likelihood": model.log_likelihood,
        "aic": model.aic,
        "bic": model.bic,
    }


def _components(model: MixedModel) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in model.components().itertuples(index=False):
        group, effect, other = str(row.group), str(row.effect), str(row.with_effect)
        value = float(str(row.covariance))
        if group == "residual" and not effect:
            found["variance_residual"] = value
        else:
            found[f"covariance of {group}: {effect}, {other}" if other else f"variance of {group}: {effect}"] = value
    return found
