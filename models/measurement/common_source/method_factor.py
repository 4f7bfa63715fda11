r"""An unmeasured latent method factor: one factor more, on which every item loads alike, uncorrelated with the others.

``share = mean of standardised method loadings squared``. Equal unstandardised loadings say that the method moves every
item by as many points, so items should share one response scale; the factor also takes up anything else that all items
share.

References:
    Podsakoff, MacKenzie, Lee and Podsakoff (2003), Journal of Applied Psychology 88, 879-903; Richardson, Simmering and
    Sturman (2009), Organizational Research Methods 12, 762-800. R: ``lavaan::cfa`` with ``M =~ NA*x1 + m*x1 + m*x2
    ...``, ``M ~~ 0*F``, ``M ~~ 1*M``.
"""

from dataclasses import dataclass, replace

import numpy as np

from models.measurement.common_source.compared import Compared, fit_compared, value_of
from models.measurement.confirmatory.comparison import Difference
from models.measurement.confirmatory.model import FactorModel, Setting, continuous_layout
from models.measurement.confirmatory.refusals import FactorModelError
from models.measurement.confirmatory.sample import Sample
from models.measurement.confirmatory.standardised import standardised

METHOD = "method"


@dataclass(frozen=True, eq=False)
class MethodFactor:
    """Models without and with a method factor.

    Attributes:
        one_factor: All items on one factor.
        without: The model as stated.
        with_method: With the method factor.
        difference: Test of the model as stated against that with the method factor.
        loading: Method loading of every item, in points; its sign is arbitrary.
        variance_share: Share of the items' variance that the method factor explains, mean over items.
    """

    one_factor: Compared
    without: Compared
    with_method: Compared
    difference: Difference
    loading: float
    variance_share: float


def unmeasured_method_factor(model: FactorModel, sample: Sample, *, is_robust: bool = False) -> MethodFactor:
    """Add a method factor to a model and compare.

    Args:
        model: Factors as stated.
        sample: Answers to ``model.items``, in that order.
        is_robust: Whether tests are Yuan and Bentler's; otherwise normal.

    Raises:
        FactorModelError: If a model is not identified, or has a factor called ``method``.
    """
    if METHOD in model.factors or "general" in model.factors:
        raise FactorModelError("a factor is called method or general: give it another name, these are taken")
    together = FactorModel({"general": model.items})
    first = tuple(each for each in model.factors if each not in model.explained)
    wider = replace(
        model,
        indicators={**model.indicators, METHOD: model.items},
        uncorrelated=(*model.uncorrelated, *((each, METHOD) for each in first)),
        equal_loadings=(*model.equal_loadings, METHOD),
    )
    one, without, with_method = (
        fit_compared(name, continuous_layout(each, Setting()), sample, is_robust=is_robust)
        for name, each in (("one_factor", together), ("stated", model), ("method_factor", wider))
    )
    fit = with_method.fit
    shares = [
        float(value) ** 2
        for each, value in zip(fit.layout.parameters, standardised(fit.layout, fit.theta), strict=True)
        if each.kind == "loading" and each.left == METHOD
    ]
    return MethodFactor(
        one_factor=one,
        without=without,
        with_method=with_method,
        difference=without.against(with_method),
        loading=value_of(fit, "loading", METHOD, model.items[0]),
        variance_share=float(np.mean(shares)),
    )
