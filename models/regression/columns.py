"""A regressor in words → its columns of the matrix, named as terms."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import product
from typing import Any, TypeVar

import pandas as pd

from models.estimates import Vector
from models.regression.identification import ModelDataError
from models.regression.profile import Profile, finite_numbers
from models.sections.regressors import Interaction, Regressor, Surface, Variable, Views, as_variable

Labels = Mapping[str, Mapping[Any, str]]
EARLIER = "_earlier_wave"
OTHER_MEMBER = "_other_member"
PRODUCT = " x "
"""Between the terms of a product."""
Column = TypeVar("Column", pd.Series, Vector)


def column_of(variable: Variable) -> str:
    """Return the column of the analysis table that a variable reads."""
    name = variable.variable
    if variable.use not in ("number", "category"):
        name = f"{name}_{variable.use}" + (f"_of_{variable.of}" if variable.of else "")
    name = f"{name}{OTHER_MEMBER}" if variable.other_member else name
    return f"{name}{EARLIER}" if variable.earlier_wave else name


def columns_of(regressor: Regressor, rows: pd.DataFrame, labels: Labels, profile: Profile) -> dict[str, pd.Series]:
    """Return the columns of one regressor by term.

    Args:
        regressor: The regressor.
        rows: Rows with no missing value; all of them or some.
        labels: Variable → code → label, for the names of terms; a code without a label shows itself.
        profile: Of all rows.

    Raises:
        ModelDataError: If a column cannot be used as the model says.
    """
    if isinstance(regressor, Surface):
        return _surface(regressor.surface, rows)
    if isinstance(regressor, Interaction):
        return joined_terms([columns_of(as_variable(part), rows, labels, profile) for part in regressor.interaction])
    column = column_of(regressor)
    if regressor.use == "category":
        return _indicators(regressor, rows[column], labels.get(column, {}), profile)
    return _of_number(regressor, column, finite_numbers(rows, column), profile)


def product_term(parts: Iterable[Variable]) -> str:
    """Return the term of a product of numbers; of one variable its own."""
    return PRODUCT.join(map(column_of, parts))


def joined_terms(parts: Sequence[Mapping[str, Column]]) -> dict[str, Column]:
    """Return the products of all columns of the parts of an interaction, by term."""
    return {
        PRODUCT.join(terms): reduce(
            lambda left, right: left * right, (part[term] for part, term in zip(parts, terms, strict=True))
        )
        for terms in product(*parts)
    }


def surface_terms(views: Views) -> tuple[str, ...]:
    """Return the terms of a surface in the order x, y and, where it is curved, x^2, x y, y^2."""
    x, y = (column_of(each) for each in views.reports)
    return (x, y, f"{x}^2", f"{x} x {y}", f"{y}^2") if views.curved else (x, y)


def _surface(views: Views, rows: pd.DataFrame) -> dict[str, pd.Series]:
    x, y = (finite_numbers(rows, column_of(each)) - views.midpoint for each in views.reports)
    bent = (x**2, x * y, y**2) if views.curved else ()
    return dict(zip(surface_terms(views), (x, y, *bent), strict=True))


def _of_number(variable: Variable, column: str, numbers: pd.Series, profile: Profile) -> dict[str, pd.Series]:
    if variable.spline is not None:
        return _spline(column, numbers, profile.knots[column, variable.spline])
    if variable.centre or variable.standardise:
        numbers = numbers - profile.means[column]
    if variable.standardise:
        if profile.deviations[column] == 0:
            raise ModelDataError(f"'{column}' is the same in all responses used and cannot be standardised")
        numbers = numbers / profile.deviations[column]
    powers = {f"{column}^{power}": numbers**power for power in range(2, variable.polynomial + 1)}
    return {column: numbers, **powers}


def _spline(column: str, numbers: pd.Series, knots: Vector) -> dict[str, pd.Series]:
    """Return the restricted cubic spline of a number: linear beyond the outer knots.

    Harrell (2015), Regression Modeling Strategies, 2nd ed., section 2.4.5; R: ``Hmisc::rcspline.eval(norm = 2)``.
    """
    last, before, unit = knots[-1], knots[-2], (knots[-1] - knots[0]) ** 2

    def cubed(knot: float) -> pd.Series:
        return (numbers - knot).clip(lower=0) ** 3

    bent = {
        f"{column}[spline {place}]": (
            cubed(knot)
            - cubed(before) * (last - knot) / (last - before)
            + cubed(last) * (before - knot) / (last - before)
        )
        / unit
        for place, knot in enumerate(knots[:-2].tolist(), start=2)
    }
    return {column: numbers, **bent}


def _indicators(
    variable: Variable, values: pd.Series, labels: Mapping[Any, str], profile: Profile
) -> dict[str, pd.Series]:
    """Return a 0/1 column for every category but the reference."""
    present = profile.codes[column_of(variable)]
    names = category_names(present, labels)
    if len(present) == 1:
        raise ModelDataError(
            f"'{variable.variable}' has one category among the {profile.n_rows} responses used, '{names[present[0]]}'; "
            "expected two or more; take it out of the model"
        )
    reference = _reference_code(variable, names)
    places = pd.Index(list(names)).get_indexer(pd.Index(values))
    return {
        f"{variable.variable}[{name}]": pd.Series((places == place).astype("float64"), index=values.index)
        for place, (code, name) in enumerate(names.items())
        if code != reference
    }


def category_names(present: Iterable[Any], labels: Mapping[Any, str]) -> dict[Any, str]:
    """Return code → label; a code without one shows itself, as all do when two codes have the same label."""
    names: dict[Any, str] = {code: labels.get(code, str(code)) for code in present}
    if len(set(names.values())) < len(names):
        return {code: str(code) for code in names}
    return names


def reference_name(variable: Variable, labels: Mapping[Any, str], profile: Profile) -> str:
    """Return the category that a variable's others are compared with, named as its terms are.

    Args:
        variable: One used as a category.
        labels: Code → label.
        profile: Of the rows used.

    Raises:
        ModelDataError: If the reference is not among the responses used.
    """
    names = category_names(profile.codes[column_of(variable)], labels)
    return names[_reference_code(variable, names)]


def _reference_code(variable: Variable, names: Mapping[Any, str]) -> object:
    if variable.reference is None:
        return next(iter(names))
    for code, name in names.items():
        if variable.reference in (code, name, str(code)):
            return code
    found = ", ".join(f"{code} ({name})" if str(code) != name else name for code, name in names.items())
    raise ModelDataError(
        f"the reference '{variable.reference}' of '{variable.variable}' is not among the responses used; "
        f"found {found}; name one of these"
    )
