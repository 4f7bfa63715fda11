"""Which regressions explain what respondents say by what the same respondents say.

Put here what can be told from specifications, before anything is estimated; how strong a common source is, is told
elsewhere in this package.

References:
    Podsakoff, MacKenzie and Podsakoff (2012), Annual Review of Psychology 63, 539-569; Favero and Bullock (2015),
    Journal of Public Administration Research and Theory 25, 285-308.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from models.sections.regressors import Variable, parts_of
from models.spec import RegressionSpec

Source = Literal["same_respondent", "own_organisation", "other_respondents", "no_answer"]


@dataclass(frozen=True)
class SourceOfRegressor:
    """Where a regressor comes from, seen from the outcome.

    Attributes:
        model: Name of the model.
        variant: ``main`` or the variant's name.
        outcome: What is explained.
        regressor: The variable.
        use: How it enters.
        is_focal: Whether it is the regressor of interest.
        source: ``same_respondent``: the respondent's own answer; ``own_organisation``: a mean over respondents of the
            same kind, the respondent among them; ``other_respondents``: a mean over respondents of another kind;
            ``no_answer``: a fact, or the outcome is one.
    """

    model: str
    variant: str
    outcome: str
    regressor: str
    use: str
    is_focal: bool
    source: Source

    @property
    def is_common(self) -> bool:
        """Whether outcome and regressor have answers of the same respondent in common."""
        return self.source in ("same_respondent", "own_organisation")


def sources_of_regressors(specs: Iterable[RegressionSpec], answered: Collection[str]) -> list[SourceOfRegressor]:
    """Tell for every model, variant and regressor whether outcome and regressor come from the same respondents.

    Args:
        specs: Regressions.
        answered: Names of scales and items that respondents answer; every other variable is a fact about them, their
            organisation or the fieldwork.

    Returns:
        One row a model, variant and regressor, in the order of the specifications; interactions taken apart.
    """
    found: list[SourceOfRegressor] = []
    for spec in specs:
        for name in ("main", *(variant.name for variant in spec.variants)):
            found += _of_variant(spec.with_variant(name), name, answered)
    return found


def _of_variant(spec: RegressionSpec, variant: str, answered: Collection[str]) -> list[SourceOfRegressor]:
    parts = [part for each in spec.regressors_as_variables() for part in parts_of(each)]
    focal = parts_of(spec.focal)
    return [
        SourceOfRegressor(
            model=spec.name,
            variant=variant,
            outcome=spec.outcome,
            regressor=each.variable,
            use=each.use,
            is_focal=each in focal,
            source=_source(spec, each, answered),
        )
        for place, each in enumerate(parts)
        if each not in parts[:place]
    ]


def _source(spec: RegressionSpec, regressor: Variable, answered: Collection[str]) -> Source:
    if spec.outcome not in answered or regressor.variable not in answered:
        return "no_answer"
    if regressor.use != "organisation_mean":
        return "same_respondent"
    groups = spec.population.respondent_groups
    is_own = regressor.of is None or not groups or regressor.of in groups
    return "own_organisation" if is_own else "other_respondents"
