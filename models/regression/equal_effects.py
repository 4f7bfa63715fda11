"""Whether one's own answer and the other member's go with the outcome alike: actor effect = partner effect."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from models.estimates import Matrix
from models.regression.columns import column_of
from models.sections.regressors import Surface, Variable, parts_of
from models.spec import RegressionSpec

EQUAL = " = "
Pairs = Mapping[str, tuple[tuple[str, str], ...]]
"""Name of a test → pairs of terms whose coefficients are the same if it holds."""
NO_PAIRS: Pairs = MappingProxyType({})


def equal_effects(spec: RegressionSpec, groups: Mapping[str, Sequence[str]]) -> Pairs:
    """Return the tests that actor and partner effects are equal, one a variable that both members give.

    With products, such as those of the role of a person, all coefficients are equal: in every role (Kenny, Kashy and
    Cook 2006, Dyadic Data Analysis, chapter 7, the couple pattern; the alternative is that they differ anyhow).

    Args:
        spec: The model, variant applied.
        groups: Regressor → its terms, as ``joint_tests.regressor_groups`` returns them.

    Returns:
        No test of a variable whose own and other answer do not stand in the model in the same form and products.
    """
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for other in dict.fromkeys(each for each in spec.lone_variables() if each.other_member):
        own = other.model_copy(update={"other_member": False})
        of_own, of_other = _beside(spec, own), _beside(spec, other)
        if of_own.keys() != of_other.keys():
            continue
        pairs = [zip(groups.get(of_own[key], ()), groups.get(of_other[key], ()), strict=True) for key in of_own]
        found[f"{column_of(own)}{EQUAL}{column_of(other)}"] = tuple(pair for each in pairs for pair in each)
    return {name: pairs for name, pairs in found.items() if pairs}


def _beside(spec: RegressionSpec, variable: Variable) -> dict[frozenset[Variable], str]:
    """Return the variables that a variable is multiplied with, none where it stands alone → name of the regressor."""
    regressors = [each for each in spec.regressors_as_variables() if not isinstance(each, Surface)]
    return {
        frozenset(part for part in parts_of(each) if part != variable): " x ".join(map(column_of, parts_of(each)))
        for each in regressors
        if variable in parts_of(each)
    }


def contrasts_of(pairs: Sequence[tuple[int, int]], n_terms: int) -> Matrix:
    """Return the differences of the coefficients at some pairs of places, q x k."""
    each = np.eye(n_terms)
    return np.array([each[one] - each[other] for one, other in pairs])
