"""A solved design → how sure its coefficients are: by covariance, design of the sample, or weights of response."""

from models.regression.covariance import estimate_uncertainty
from models.regression.design import Design
from models.regression.inference import Uncertainty
from models.regression.posed import Posed
from models.regression.response_rows import Weighted
from models.regression.sampled import sampled_uncertainty
from models.regression.stacked import stacked_uncertainty
from models.spec import RegressionSpec


def weighted_in(design: Design) -> Weighted | None:
    """Return the weights for people who kept silent; None where a model has none."""
    return None if design.silent is None else design.silent.weighted


def uncertainty_of(spec: RegressionSpec, design: Design, posed: Posed) -> Uncertainty:
    """Estimate how sure the coefficients of a solved design are, as its model asks.

    Raises:
        ModelDataError: As of ``estimate_uncertainty``.
    """
    solution, weighted = posed.solution, weighted_in(design)
    if design.sample is not None:
        return sampled_uncertainty(design.sample, solution.rows * solution.residuals[:, None] @ solution.bread)
    if weighted is not None and design.silent is not None:
        return stacked_uncertainty(solution, design.silent.rows, weighted, next(iter(spec.clusters()), None))
    return estimate_uncertainty(solution, spec.covariance_used(), posed.clusters, posed.terms)
