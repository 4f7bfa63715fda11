"""A model's regressors → the numbers that its columns are products of, each once."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, product

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.regression.columns import Labels, column_of, columns_of, surface_terms
from models.regression.design import INTERCEPT, Design
from models.regression.profile import finite_numbers
from models.sections.regressors import Interaction, Regressor, Surface, Variable, as_variable
from models.spec import RegressionSpec

Keys = tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Base:
    """A number that columns are made of.

    Attributes:
        numbers: n, as columns have them.
        variable: What it is of; None for an indicator or a piece of a spline.
        scale: What a point of the variable is in them.
    """

    numbers: Vector
    variable: Variable | None = None
    scale: float = 1.0


@dataclass(frozen=True, eq=False)
class Bases:
    """The columns of a model in products of bases.

    Attributes:
        bases: Each once; the outcome last.
        terms: Term → places of its bases, intercept first.
    """

    bases: tuple[Base, ...]
    terms: dict[str, tuple[int, ...]]

    @property
    def matrix(self) -> Matrix:
        """The bases as n x p."""
        return np.column_stack([each.numbers for each in self.bases])


def bases_of(spec: RegressionSpec, design: Design, labels: Labels) -> Bases:
    """Take the columns of a design apart.

    Args:
        spec: The model, variant applied.
        design: Its rows.
        labels: Variable → code → label.
    """
    found: dict[tuple[str, str], Base] = {}
    terms: dict[str, Keys] = {INTERCEPT: ()}
    for regressor in spec.regressors_as_variables():
        terms |= _terms(regressor, design, labels, found)
    place = {key: number for number, key in enumerate(found)}
    outcome = Base(design.outcome.to_numpy(dtype=float), Variable(variable=spec.outcome))
    return Bases((*found.values(), outcome), {term: tuple(place[key] for key in keys) for term, keys in terms.items()})


def _terms(regressor: Regressor, design: Design, labels: Labels, found: dict[tuple[str, str], Base]) -> dict[str, Keys]:
    if isinstance(regressor, Interaction):
        parts = [_terms(as_variable(part), design, labels, found) for part in regressor.interaction]
        return {
            " x ".join(names): tuple(chain.from_iterable(part[name] for part, name in zip(parts, names, strict=True)))
            for names in product(*parts)
        }
    if isinstance(regressor, Surface):
        return _of_surface(regressor, design.rows, found)
    return dict(_of_variable(regressor, design, labels, found))


def _of_surface(surface: Surface, rows: pd.DataFrame, found: dict[tuple[str, str], Base]) -> dict[str, Keys]:
    views = surface.surface
    keys = [(column_of(each), "surface") for each in views.reports]
    for key, each in zip(keys, views.reports, strict=True):
        found[key] = Base(finite_numbers(rows, key[0]).to_numpy() - views.midpoint, each)
    x, y = keys
    bent: tuple[Keys, ...] = ((x, x), (x, y), (y, y)) if views.curved else ()
    return dict(zip(surface_terms(views), ((x,), (y,), *bent), strict=True))


def _of_variable(
    variable: Variable, design: Design, labels: Labels, found: dict[tuple[str, str], Base]
) -> Iterator[tuple[str, Keys]]:
    columns = columns_of(variable, design.rows, labels, design.profile)
    if variable.use == "category" or variable.spline is not None:
        for term, values in columns.items():
            found[term, "piece"] = Base(values.to_numpy(dtype=float))
            yield term, ((term, "piece"),)
        return
    column = column_of(variable)
    key = (column, "standardised" if variable.standardise else variable.centre or "")
    scale = 1 / design.profile.deviations[column] if variable.standardise else 1.0
    found[key] = Base(columns[column].to_numpy(dtype=float), variable, scale)
    for power, term in enumerate(columns, start=1):
        yield term, (key,) * power
