"""Who stays and who answers an item: response models, inverse-probability weights, and what estimating them does.

Put here response that depends on any regressors, over several waves; weighting cells of a sample are in
``models.weighting``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.one_thread import on_one_thread
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.generalised import observed
from models.regression.identification import ModelDataError
from models.weighting.effects import effective_n
from models.weighting.trimming import Limit, no_limit, trim_weights

Truths = NDArray[np.bool_]
LEAST_CHANCE = 1e-6


@dataclass(frozen=True, eq=False)
class ResponseModel:
    """A fitted logit of response (to an item, or to the next wave) of n units.

    Attributes:
        terms: Names of q coefficients.
        matrix: n x q, the constant included.
        at_risk: Whether a unit could respond, n: asked the item, or there in the wave before.
        has_responded: n; none that was not at risk.
        coefficients: q log odds.
        covariance: Inverse information, q x q.
        probabilities: Of response, n; 1 for units not at risk.
    """

    terms: tuple[str, ...]
    matrix: Matrix
    at_risk: Truths
    has_responded: Truths
    coefficients: Vector
    covariance: Matrix
    probabilities: Vector

    @property
    def scores(self) -> Matrix:
        """Each unit's derivatives of the log-likelihood, n x q; nought for units not at risk."""
        return self.matrix * np.where(self.at_risk, self.has_responded - self.probabilities, 0.0)[:, None]

    def table(self) -> pd.DataFrame:
        """Return one row a term: term, estimate (log odds), std_error."""
        errors = np.sqrt(np.diag(self.covariance))
        return pd.DataFrame({"term": list(self.terms), "estimate": self.coefficients, "std_error": errors})


@dataclass(frozen=True, eq=False)
class AttritionWeights:
    """Inverse-probability weights of n units over one or several steps.

    Attributes:
        weights: n; 0 for units that did not respond to the end.
        is_trimmed: Whether a weight was cut or raised to a bound, n.
        untrimmed: Weights before, n.
        denominators: Response models, in the order of the steps.
        numerators: Models whose probabilities stabilise the weights; may be none.
    """

    weights: Vector
    is_trimmed: Truths
    untrimmed: Vector
    denominators: tuple[ResponseModel, ...]
    numerators: tuple[ResponseModel, ...]

    @property
    def n_effective(self) -> float:
        """Kish's effective number of respondents."""
        return effective_n(self.weights)


def fit_response(matrix: pd.DataFrame, has_responded: Truths, at_risk: Truths | None = None) -> ResponseModel:
    """Fit a logit of response among the units at risk.

    Args:
        matrix: n units, one named column a regressor, the constant ``intercept`` first; complete for units at risk.
        has_responded: n.
        at_risk: n; None for all.

    Raises:
        ModelDataError: If a unit responded that was not at risk, regressors are missing, or response is foretold, so
            that some have no chance of responding and no weight can stand for them.

    References:
        Robins, Rotnitzky and Zhao (1995), JASA 90(429), 106-121. R: ``glm(family = binomial)``, ``ipw::ipwpoint``.
    """
    risk = np.ones(len(matrix), dtype=bool) if at_risk is None else at_risk
    values = matrix.to_numpy(dtype=float, na_value=np.nan)
    n_odd = int((has_responded & ~risk).sum())
    if n_odd:
        raise ModelDataError(f"{n_odd} units responded that were not at risk; expected response among those at risk")
    n_missing = int(np.isnan(values[risk]).any(axis=1).sum())
    if n_missing:
        raise ModelDataError(
            f"{n_missing} of {int(risk.sum())} units at risk miss a regressor of response; expected all known; impute "
            "them, or explain response by what is known of everyone"
        )
    with on_one_thread():
        names = [str(name) for name in matrix.columns]
        fit = fit_binary(observed(values[risk], has_responded[risk].astype(float)), names)
    complete = np.where(risk[:, None], values, 0.0)
    probabilities = np.where(risk, 1 / (1 + np.exp(-(complete @ fit.coefficients))), 1.0)
    if probabilities[risk].min() < LEAST_CHANCE:
        raise ModelDataError(
            f"the least probability of response is {probabilities[risk].min():.1e}; expected at least "
            f"{LEAST_CHANCE:g}; explain response by fewer or less spread regressors"
        )
    return ResponseModel(tuple(names), complete, risk, has_responded, fit.coefficients, fit.covariance, probabilities)


def attrition_weights(
    denominators: Sequence[ResponseModel], numerators: Sequence[ResponseModel] = (), limit: Limit = no_limit
) -> AttritionWeights:
    """Weight those who responded at every step by the inverse of their probability of doing so.

    Args:
        denominators: One response model a step (wave), in order; those at risk are those who responded before.
        numerators: Stabilising models of the same steps on regressors of the analysis alone, such as the constant; none
            for plain inverse probabilities.
        limit: Of the weights; what is cut is spread so that the sum stays.

    Raises:
        ModelDataError: If nobody responded to the end, someone is at risk who was not there before, or numerators are
            not one a step.
        WeightingError: If weights cannot be trimmed to the limit.

    References:
        Robins, Hernan and Brumback (2000), Epidemiology 11(5), 550-560; Cole and Hernan (2008), American Journal of
        Epidemiology 168(6), 656-664. R: ``ipw::ipwtm``, ``ipw::ipwpoint``.
    """
    _refuse_steps(denominators, numerators)
    last = denominators[-1].has_responded
    chances = np.prod([each.probabilities for each in denominators], axis=0)
    stabilising = np.prod([np.ones(len(last)), *(each.probabilities for each in numerators)], axis=0)
    plain = np.where(last, stabilising / chances, 0.0)
    trimmed = trim_weights(plain[last], limit(plain[last]))
    weights, is_trimmed = np.zeros(len(last)), np.zeros(len(last), dtype=bool)
    weights[last], is_trimmed[last] = trimmed.weights, trimmed.is_trimmed
    return AttritionWeights(weights, is_trimmed, plain, tuple(denominators), tuple(numerators))


def _refuse_steps(denominators: Sequence[ResponseModel], numerators: Sequence[ResponseModel]) -> None:
    if numerators and len(numerators) != len(denominators):
        raise ModelDataError(f"{len(numerators)} stabilising models for {len(denominators)} steps; expected one a step")
    for step, each in enumerate(denominators[1:], start=2):
        n_back = int((each.at_risk & ~denominators[step - 2].has_responded).sum())
        if n_back:
            raise ModelDataError(
                f"{n_back} units are at risk at step {step} that did not respond at step {step - 1}; expected those "
                "who stayed; count who comes back as gone, or weight each wave by itself"
            )
    if not denominators[-1].has_responded.any():
        raise ModelDataError("nobody responded to the end, so there is nobody to weight")


def covariance_with_estimated_weights(
    bread: Matrix, scores: Matrix, weights: AttritionWeights, clusters: NDArray[np.intp] | None = None
) -> Matrix:
    """Return the covariance of weighted estimates, the response models having been estimated from the same units.

    Influence of a unit: w psi + sum over models of (d sum w psi / d g) I^-1 s, psi its derivative without weight, s its
    score in the response model; trimmed weights do not move with g. Ignoring the estimation is mostly too cautious.
    Where few units carry much of the weight, errors are too small (in a simulation four fifths of the truth with an
    effective number of about a third of the respondents): trim, or explain response by less.

    Args:
        bread: Inverse of the sum of w (-d psi / d b), k x k; for least squares (X'WX)^-1.
        scores: psi, n x k, such as regressors times residual; anything for units without weight.
        weights: Of the n units.
        clusters: Number of each unit's cluster, n; None for independent units.

    References:
        Robins, Rotnitzky and Zhao (1995); Wooldridge (2007), Journal of Econometrics 141(2), 1281-1301. R:
        ``survey::svyglm`` after ``ipw`` ignores the estimation; ``geex::m_estimate`` of the stacked equations.
    """
    weighted = np.where(weights.weights[:, None] > 0, scores, 0.0) * weights.weights[:, None]
    moving = np.where(weights.is_trimmed[:, None], 0.0, weighted)
    influence = weighted.copy()
    for sign, models in ((-1.0, weights.denominators), (1.0, weights.numerators)):
        for each in models:
            slope = np.where(each.at_risk, 1 - each.probabilities, 0.0)
            change = sign * moving.T @ (each.matrix * slope[:, None])
            influence += each.scores @ each.covariance @ change.T
    if clusters is not None:
        influence = np.column_stack([np.bincount(clusters, column) for column in influence.T])
    return bread @ (influence.T @ influence) @ bread.T
