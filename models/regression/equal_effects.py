"""Whether one's own answer and the other member's go with the outcome alike: actor effect = partner effect."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from models.estimates import Matrix
from models.regression.columns import column_of
from models.sections.regressors import as_variable, parts_of
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
    """
    alone = spec.lone_variables()
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for other in (each for each in alone if each.other_member and as_variable(each.variable) in alone):
        own = as_variable(other.variable)
        pairs: list[tuple[str, str]] = []
        for regressor in spec.regressors_as_variables():
            parts = parts_of(regressor)
            if other not in parts or own in parts:
                continue
            of_other, of_own = (
                " x ".join(column_of(own if part == swapped else part) for part in parts) for swapped in (None, other)
            )
            pairs += zip(groups.get(of_own, ()), groups.get(of_other, ()), strict=False)
        found[f"{column_of(own)}{EQUAL}{column_of(other)}"] = tuple(pairs)
    return {name: pairs for name, pairs in found.items() if pairs}


def contrasts_of(pairs: Sequence[tuple[int, int]], n_terms: int) -> Matrix:
    """Return the differences of the coefficients at some pairs of places, q x k."""
    each = np.eye(n_terms)
    return np.array([each[one] - each[other] for one, other in pairs])
