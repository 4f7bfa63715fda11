"""What is imputed, how and from what: columns, derived columns and the number of imputations.

Put here the request and what is wrong with it; not how it is carried out (``chained``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from models.estimates import Matrix, Vector

Method = Literal[
    "normal",
    "matching",
    "logit",
    "ordered",
    "multinomial",
    "two_level_normal",
    "two_level_matching",
    "substantive",
]
CATEGORICAL: tuple[Method, ...] = ("logit", "ordered", "multinomial")
TWO_LEVEL: tuple[Method, ...] = ("two_level_normal", "two_level_matching")
Values = Mapping[str, Vector]


@dataclass(frozen=True)
class Column:
    """A column that is imputed or that others are imputed from.

    Attributes:
        name: Of the column of data: numbers, or codes of categories from 0; missing as NaN.
        categories: Number of categories; 0 where the column holds numbers.
        method: How it is imputed; None where no value may be missing. ``normal``: linear regression; ``matching``:
            values of those with the nearest prediction; ``logit``, ``ordered`` (proportional odds), ``multinomial``;
            ``two_level_normal`` and ``two_level_matching``: with a random intercept of the organisation, and of what
            is above it where the plan has that; a column of organisations with the latter alone;
            ``substantive``: so that it agrees with the plan's substantive model.
        predictors: Columns and derived columns it is imputed from; None for all other columns.
        is_of_organisation: Whether all rows of an organisation have the same value; it is imputed once for each, from
            organisation means.
        is_scored: Whether categories enter as a predictor by their codes rather than one by one.
        has_equal_spread: Whether residuals of a two-level column have the same variance in all organisations.
        delta: What is added to imputed numbers, or to the linear predictor of imputed categories (log odds), for
            sensitivity to values that are missing because of what they are.
        is_of_above: Whether all rows of what is above organisations have the same value; it is imputed once for each,
            from means of organisations' means.
    """

    name: str
    categories: int = 0
    method: Method | None = None
    predictors: tuple[str, ...] | None = None
    is_of_organisation: bool = False
    is_scored: bool = False
    has_equal_spread: bool = True
    delta: float = 0.0
    is_of_above: bool = False


@dataclass(frozen=True)
class Derived:
    """A column that follows from others and is never imputed itself: a score of items, a product, a power.

    Attributes:
        name: Of the column.
        sources: Columns it is made from.
        of: Columns by name (n each, complete) → n values; from values of the same row.
    """

    name: str
    sources: tuple[str, ...]
    of: Callable[[Values], Vector]


@dataclass(frozen=True)
class OrganisationMean:
    """A column that holds the mean over the organisation of another.

    Attributes:
        name: Of the column.
        source: The column whose mean it is.
        is_above: Whether it is the mean of the organisations' means over what is above them.
    """

    name: str
    source: str
    is_above: bool = False


@dataclass(frozen=True)
class SubstantiveModel:
    """The model that will be fitted to the completed sets, with which imputations agree.

    Attributes:
        outcome: Column that is explained.
        design: Columns by name (n each) → n x k regressors, the constant included: products, powers, any function of
            values of the same row.
        family: ``linear`` or ``logit``.
        has_random_intercept: Whether organisations have random intercepts; linear models only.
    """

    outcome: str
    design: Callable[[Values], Matrix]
    family: Literal["linear", "logit"] = "linear"
    has_random_intercept: bool = False


@dataclass(frozen=True)
class ImputationPlan:
    """A request for multiple imputation by chained equations.

    Attributes:
        columns: Columns that are imputed or used.
        derived: Columns that follow from them.
        n_imputations: Completed sets, each from a chain of its own.
        n_iterations: Rounds over all columns in each chain.
        organisation: Column of data that says to which organisation a row belongs; None without levels.
        substantive: Model that imputations of ``substantive`` columns agree with.
        above: Column of data that is the same in all rows of an organisation and says to which greater group it
            belongs, such as a region, or the organisation where organisations are those of a wave; None without.
    """

    columns: tuple[Column, ...]
    derived: tuple[Derived | OrganisationMean, ...] = ()
    n_imputations: int = 20
    n_iterations: int = 10
    organisation: str | None = None
    substantive: SubstantiveModel | None = None
    above: str | None = None

    def column(self, name: str) -> Column:
        """Return the column of a name."""
        return next(each for each in self.columns if each.name == name)

    def predictors_of(self, column: Column) -> tuple[str, ...]:
        """Return the columns that a column is imputed from; the outcome does not explain ``substantive`` columns."""
        if column.predictors is not None:
            return column.predictors
        outcome = self.substantive.outcome if self.substantive and column.method == "substantive" else column.name
        return tuple(each.name for each in self.columns if each.name not in (column.name, outcome))


def score(name: str, items: tuple[str, ...]) -> Derived:
    """Return the mean of items as a derived column."""
    return Derived(name, items, lambda values: sum((values[item] for item in items[1:]), values[items[0]]) / len(items))


def product(name: str, first: str, second: str) -> Derived:
    """Return the product of two columns as a derived column."""
    return Derived(name, (first, second), lambda values: values[first] * values[second])


def power(name: str, source: str, exponent: int) -> Derived:
    """Return a power of a column as a derived column."""
    return Derived(name, (source,), lambda values: values[source] ** exponent)


def scale_columns(scales: Mapping[str, tuple[Column, ...]], others: tuple[str, ...]) -> ImputationPlan:
    """Plan items of several scales: each from the other items of its scale, scores of other scales, and other columns.

    Items of k scales would otherwise each have all other items as predictors, more than responses can carry.

    Args:
        scales: Name of a scale → columns of its items, without predictors; the score gets the name of the scale.
        others: Columns that every item is imputed from as well; to be added to the plan's columns by the caller.

    Returns:
        A plan of the items with a derived score for each scale.

    References:
        Plumpton et al. (2016), BMC Research Notes 9, 45; Van Buuren (2018), Flexible Imputation of Missing Data,
        2nd ed., section 6.4.2 (passive imputation).
    """
    columns: list[Column] = []
    for scale, items in scales.items():
        scores = tuple(name for name in scales if name != scale)
        for item in items:
            rest = tuple(each.name for each in items if each.name != item.name)
            columns.append(replace(item, predictors=(*rest, *scores, *others)))
    derived = tuple(score(scale, tuple(each.name for each in items)) for scale, items in scales.items())
    return ImputationPlan(tuple(columns), derived)
