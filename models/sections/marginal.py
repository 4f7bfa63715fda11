"""What a model says of estimating equations, whose responses go together within clusters, and which keys go with it.

Put here the words and which go together; how they are solved is in ``models.multilevel.marginal``.
"""

from typing import Literal

from models.sections.inference import MARGINAL, Estimator

WorkingCorrelation = Literal["independence", "exchangeable", "ar1"]


def refuse_unfit_equations(
    estimator: Estimator, correlation: WorkingCorrelation | None, clusters: tuple[str, ...], weights: str | None
) -> None:
    """Raise ValueError when keys of estimating equations and estimator do not go together.

    Args:
        estimator: Of the model.
        correlation: Its working correlation; None where it names none.
        clusters: Columns whose values are its clusters.
        weights: Its weights; None without.
    """
    if estimator not in MARGINAL:
        if correlation is not None:
            listed = ", ".join(MARGINAL)
            raise ValueError(f"working_correlation is for {listed}; found {estimator}; remove it or write one of these")
        return
    if not clusters:
        raise ValueError(
            f"{estimator} needs a key cluster: the column whose values are the groups of responses that go together, "
            "such as organisation_id"
        )
    if weights is not None:
        raise ValueError(
            f"weights {weights} have no place in {estimator}, whose working correlation takes every row once; leave "
            "weights out, or use linear or logit with a cluster"
        )
