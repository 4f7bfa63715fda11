r"""Effects that are made of coefficients: sums of products, and their share of another such sum.

With coefficients c, an effect is ``sum_m w_m prod_{k in m} c_k``, or that over another sum; a product of paths is the
indirect effect along them. Put here the arithmetic; how effects follow from a model is in ``mediation`` and
``structure``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from models.estimates import Matrix, Vector

Product = tuple[float, tuple[int, ...]]
"""A weight and the numbers of the coefficients that are multiplied."""
Sum = tuple[Product, ...]


@dataclass(frozen=True)
class Effect:
    """One effect.

    Attributes:
        name: In words, such as ``cond -> pmi -> reaction``.
        kind: ``path``, ``indirect``, ``direct``, ``total``, ``proportion``, ``index``, ``conditional`` or ``defined``.
        parts: Products that are added up.
        over: Products whose sum divides it; empty for no division.
        at: Value of the moderator; NaN where there is none.
    """

    name: str
    kind: str
    parts: Sum
    over: Sum = ()
    at: float = np.nan

    def of(self, coefficients: Matrix) -> Vector:
        """Return the effect for every row of coefficients, B x K → B."""
        value = _total(self.parts, coefficients)
        return value / _total(self.over, coefficients) if self.over else value

    def gradient(self, coefficients: Vector) -> Vector:
        """Return the derivatives by the K coefficients."""
        slope = _slopes(self.parts, coefficients)
        if not self.over:
            return slope
        below = float(_total(self.over, coefficients[None])[0])
        above = float(_total(self.parts, coefficients[None])[0])
        return slope / below - above / below**2 * _slopes(self.over, coefficients)


def _total(parts: Sum, coefficients: Matrix) -> Vector:
    total = np.zeros(len(coefficients))
    for weight, numbers in parts:
        total += weight * coefficients[:, list(numbers)].prod(axis=1)
    return total


def _slopes(parts: Sum, coefficients: Vector) -> Vector:
    slopes = np.zeros(len(coefficients))
    for weight, numbers in parts:
        for place, number in enumerate(numbers):
            others = [other for at, other in enumerate(numbers) if at != place]
            slopes[number] += weight * float(coefficients[others].prod())
    return slopes


def values_of(effects: Iterable[Effect], coefficients: Matrix) -> Matrix:
    """Return E effects for B rows of coefficients, B x E."""
    return np.column_stack([each.of(coefficients) for each in effects])


def errors_of(effects: Iterable[Effect], coefficients: Vector, covariance: Matrix) -> Vector:
    """Return the delta standard error of each effect (Sobel 1982): ``sqrt(g' V g)`` with g its derivatives."""
    slopes = np.array([each.gradient(coefficients) for each in effects])
    return np.sqrt(np.einsum("ek,kl,el->e", slopes, covariance, slopes))


def multiplied(first: Sum, second: Sum) -> Sum:
    """Return the product of two sums of products."""
    return tuple((v * w, (*a, *b)) for v, a in first for w, b in second)


def routes(arrows: Mapping[str, tuple[str, ...]], source: str, target: str) -> tuple[tuple[str, ...], ...]:
    """Return every directed route from a variable to another, shorter routes first.

    Args:
        arrows: Outcome → what explains it; without cycles.
        source: Where routes begin.
        target: Where they end.
    """
    if source == target:
        return ((source,),)
    found = [(*route, target) for before in arrows.get(target, ()) for route in routes(arrows, source, before)]
    return tuple(sorted(found, key=len))


def decomposed(along: Mapping[tuple[str, ...], Sum]) -> tuple[Effect, ...]:
    """Return the effects that routes between two variables add up to.

    Args:
        along: Route → its product of coefficients; the route of two variables is the direct one.

    Returns:
        Every indirect effect, all of them together where there are several, the direct and the total effect, and the
        indirect effect as a proportion of the total one.
    """
    indirect = {route: parts for route, parts in along.items() if len(route) > 2}  # noqa: PLR2004
    direct = {route: parts for route, parts in along.items() if len(route) == 2}  # noqa: PLR2004
    effects = [Effect(" -> ".join(route), "indirect", parts) for route, parts in indirect.items()]
    together = tuple(part for parts in indirect.values() for part in parts)
    total = tuple(part for parts in along.values() for part in parts)
    if len(indirect) > 1:
        effects.append(Effect("all indirect", "indirect", together))
    effects += [Effect(" -> ".join(route), "direct", parts) for route, parts in direct.items()]
    effects.append(Effect("total", "total", total))
    if indirect and direct:
        effects.append(Effect("share of the total effect", "proportion", together, total))
    return tuple(effects)


def held_at(effects: Iterable[Effect], at: float) -> tuple[Effect, ...]:
    """Mark effects as holding at a value of a moderator."""
    return tuple(replace(each, at=at) for each in effects)
