"""Columns of a batch of rows → columns of the matrix, quickly: what is plain is written at once.

The columns are those of ``models.regression.columns``, which is asked how categories become 0/1 columns and for all
that is bent, centred or standardised. Put here nothing of what a column means.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from models.estimates import Matrix
from models.regression.columns import Labels, column_of, columns_of
from models.regression.design import INTERCEPT, lay_out, uses_of
from models.regression.profile import Profile
from models.sections.regressors import Interaction, Surface, Variable, as_variable, parts_of
from models.spec import RegressionSpec


@dataclass(frozen=True, eq=False)
class Layout:
    """How the rows of a model are laid out.

    Attributes:
        spec: The model, variant applied; numbers are finite.
        labels: Variable → code → label, for the names of terms.
        profile: Of all rows.
        terms: Names of the k coefficients.
        codes: Category → the code that each of its columns stands for.
    """

    spec: RegressionSpec
    labels: Labels
    profile: Profile
    terms: tuple[str, ...]
    codes: Mapping[Variable, tuple[object, ...]] = field(default_factory=dict[Variable, tuple[object, ...]])

    def matrix(self, rows: Mapping[str, Any], n_rows: int) -> Matrix:
        """Return the k columns of some rows, columns first; column → its values, as an array or a series."""
        found = np.empty((len(self.terms), n_rows))
        found[0] = 1.0
        places: dict[Variable, range] = {}
        start = 1
        for regressor in self.spec.regressors_as_variables():
            if isinstance(regressor, Interaction):
                stop = _multiply(found, start, [places[as_variable(part)] for part in regressor.interaction])
            elif isinstance(regressor, Surface):
                stop = self._bend(found, start, regressor, rows)
            else:
                stop = self._write(found, start, regressor, rows)
                places[regressor] = range(start, stop)
            start = stop
        return found

    def _write(self, found: Matrix, start: int, variable: Variable, rows: Mapping[str, Any]) -> int:
        column = rows[column_of(variable)]
        if variable in self.codes:
            for place, code in enumerate(self.codes[variable]):
                found[start + place] = column == code
            return start + len(self.codes[variable])
        if variable.is_plain:
            found[start] = column
            return start + 1
        return self._bend(found, start, variable, rows)

    def _bend(self, found: Matrix, start: int, regressor: Variable | Surface, rows: Mapping[str, Any]) -> int:
        some = pd.DataFrame({name: rows[name] for name in map(column_of, parts_of(regressor))})
        bent = columns_of(regressor, some, self.labels, self.profile)
        for place, values in enumerate(bent.values()):
            found[start + place] = values
        return start + len(bent)


def layout_of(spec: RegressionSpec, labels: Labels, profile: Profile) -> Layout:
    """Find out how the rows of a model are laid out.

    Args:
        spec: The model, variant applied.
        labels: Variable → code → label, for the names of terms.
        profile: Of all rows.

    Raises:
        ModelDataError: As ``models.regression.design.lay_out``.
    """
    terms = _terms_of(spec, labels, profile)
    codes: dict[Variable, tuple[object, ...]] = {}
    for variable in (each for each in spec.regressors_as_variables() if isinstance(each, Variable)):
        if variable.use == "category":
            present = profile.codes[column_of(variable)]
            every = pd.DataFrame({column_of(variable): pd.Series(present, dtype="object")})
            columns = columns_of(variable, every, labels, profile)
            codes[variable] = tuple(present[int(values.to_numpy().argmax())] for values in columns.values())
    return Layout(spec, labels, profile, terms, codes)


def _terms_of(spec: RegressionSpec, labels: Labels, profile: Profile) -> tuple[str, ...]:
    """Return the names of all coefficients; those of plain numbers without asking, which takes a frame."""
    plain = [each for each in spec.regressors_as_variables() if isinstance(each, Variable) and each.is_plain]
    terms = (INTERCEPT, *map(column_of, plain))
    if len(set(terms)) == 1 + len(spec.regressors):
        return terms
    one_row = pd.DataFrame({column: profile.codes.get(column, (1.0,))[:1] for column in uses_of(spec)})
    return tuple(str(term) for term in lay_out(spec, one_row, labels, profile))


def _multiply(found: Matrix, start: int, parts: list[range]) -> int:
    """Write the products of every choice of one column a part; return where the next column goes."""
    for place, chosen in enumerate(product(*parts), start=start):
        np.multiply(found[chosen[0]], found[chosen[1]], out=found[place])
        for further in chosen[2:]:
            found[place] *= found[further]
        start = place + 1
    return start
