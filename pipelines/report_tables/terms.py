"""A model and the rows it was fitted to → where each of its terms stands in a table, and what it is called."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from instruments.spec_file import Texts
from models.paths.found import ARROW, COMPONENTS, WAVE_BEFORE
from models.regression.columns import Labels, column_of, columns_of, reference_name
from models.regression.design import INTERCEPT, lay_out, uses_of
from models.regression.outcome import categories_of
from models.regression.profile import Profile, profile_of
from models.sections.inference import FIGURES, PATHS
from models.sections.regressors import Interaction, Regressor, Surface, Variable, as_variable, focal_variable, parts_of
from models.spec import RegressionSpec
from pipelines.report_tables.value import one_line
from pipelines.report_tables.words import Words
from pipelines.steps.term_labels import term_label

PAIR = 2
Kind = Literal["number", "category", "product", "curve", "surface", "contrast", "other"]


@dataclass(frozen=True)
class Place:
    """Where a term stands.

    Attributes:
        block: ``focal``, ``controls``, ``thresholds`` or ``constant``.
        variable: Title of the variable of a category, else empty.
        reference: Category that it is compared with, else empty.
        label: What the term is called; of a category, the category.
        kind: What sort of term it is.
        others: Variables with which the focal one is multiplied, of a product of focal terms and, of the focal variable
            itself, of every such product.
        is_centred: Whether nought is the average of all of these.
    """

    block: Literal["focal", "controls", "thresholds", "constant"]
    label: str
    kind: Kind
    variable: str = ""
    reference: str = ""
    others: tuple[str, ...] = ()
    is_centred: bool = False


@dataclass(frozen=True, eq=False)
class Naming:
    """What terms are named by.

    Attributes:
        labels: Variable → code → label, as recorded with the fit.
        titles: ``release_texts.titles_of``.
        words: The language of the table.
    """

    labels: Labels
    titles: Mapping[str, Texts]
    words: Words

    def of(self, term: str) -> str:
        """Return a term in words, on one line."""
        return one_line(term_label(term, dict(self.titles), self.words.language))

    def category(self, column: str, name: str) -> str:
        """Return a category in words."""
        whole = self.of(f"{column}[{name}]")
        return whole.removeprefix(f"{self.of(column)}: ")


def places_of(spec: RegressionSpec, rows: pd.DataFrame, naming: Naming, terms: Iterable[str] = ()) -> dict[str, Place]:
    """Place every term of a model.

    Args:
        spec: The model, variant applied.
        rows: The responses used.
        naming: What terms are named by.
        terms: Terms of its fit.

    Returns:
        Term → place: of the columns of the model, and of every other term that was asked for.
    """
    profile = profile_of(uses_of(spec), rows)
    places = {INTERCEPT: Place("constant", naming.of(INTERCEPT), "other")}
    for regressor in spec.regressors_as_variables():
        for term in columns_of(regressor, rows.head(1), naming.labels, profile):
            places[term] = _place(spec, regressor, term, profile, naming)
    reference = ""
    if spec.estimator == "multinomial":
        reference = naming.category(spec.outcome, categories_of(spec, rows, naming.labels)[0])
    if spec.estimator in PATHS:
        return {term: place_of_path(term, spec, naming) for term in terms} | places
    if spec.estimator in FIGURES:
        return {term: Place("focal", naming.of(term), "contrast") for term in terms} | places
    others = {term: _place_of_other(term, places, spec.outcome, reference, naming) for term in terms}
    return {**others, **places}


def _place_of_other(term: str, places: Mapping[str, Place], outcome: str, reference: str, naming: Naming) -> Place:
    """Place a term that is no column: of a column at a threshold or a category, a threshold, what estimators add."""
    for column, place in places.items():
        threshold = term.removeprefix(f"{column} at ")
        if threshold != term and "|" in threshold:
            label = naming.words.say("at_threshold", term=_alone(place), threshold=one_line(threshold))
            return Place(place.block, label, "contrast")
        category = term.removesuffix(f": {column}")
        if reference and category != term:
            variable = naming.category(outcome, category)
            return Place(place.block, _alone(place), "contrast", variable=variable, reference=reference)
    return Place("thresholds", one_line(term), "other") if "|" in term else Place("controls", naming.of(term), "other")


def place_of_path(term: str, spec: RegressionSpec, naming: Naming) -> Place:
    """Place an effect, a path or another term of a path model: effects and paths of the focal regressor are focal."""
    _, is_path, cause = term.partition(ARROW)
    cause = cause.partition(WAVE_BEFORE)[0]
    if cause == INTERCEPT:
        return Place("constant", naming.of(term), "other")
    focal = column_of(focal_variable(spec.focal))
    is_focal = cause == focal or cause.startswith(f"{focal}[") if is_path else not term.startswith(COMPONENTS)
    return Place("focal" if is_focal else "controls", naming.of(term), "contrast")


def _alone(place: Place) -> str:
    """Return what a term is called away from the heading of its variable."""
    return f"{place.variable}: {place.label}" if place.variable else place.label


def small_terms(spec: RegressionSpec, rows: pd.DataFrame, labels: Labels, least: int) -> frozenset[str]:
    """Return the terms of 0 and 1 with fewer responses on one side than a least number."""
    matrix = lay_out(spec, rows, labels, profile_of(uses_of(spec), rows)).drop(columns=INTERCEPT)
    is_indicator = matrix.isin([0.0, 1.0]).all()
    ones = matrix.loc[:, is_indicator].sum()
    few = (ones < least) | (len(matrix) - ones < least)
    return frozenset(str(term) for term in few.index[few])


def _place(spec: RegressionSpec, regressor: Regressor, term: str, profile: Profile, naming: Naming) -> Place:
    focal = _followed(spec)
    if isinstance(regressor, Surface):
        return Place("focal", _surface_label(term, naming), "surface")
    if isinstance(regressor, Interaction):
        parts = [as_variable(part) for part in regressor.interaction]
        others = [part for part in parts if part != focal]
        block = "focal" if focal in parts or regressor == spec.focal else "controls"
        return Place(block, naming.of(term), "product", others=_titles(others, naming))
    block = "focal" if regressor == focal else "controls"
    partners = list(_partners(spec, regressor)) if regressor == focal else []
    others = _titles(partners, naming)
    is_centred = bool(partners) and all(each.centre or each.standardise for each in partners)
    if regressor.use != "category":
        is_bent = regressor.polynomial > 1 or regressor.spline is not None
        kind: Kind = "curve" if is_bent else "number"
        return Place(block, _number_label(regressor, term, naming), kind, others=others, is_centred=is_centred)
    column = column_of(regressor)
    reference = reference_name(regressor, naming.labels.get(column, {}), profile)
    name = term.removeprefix(f"{column}[").removesuffix("]")
    return Place(
        block,
        naming.category(column, name),
        "category",
        variable=naming.of(column),
        reference=naming.category(column, reference),
        others=others,
        is_centred=is_centred,
    )


def _followed(spec: RegressionSpec) -> Variable | None:
    """Return the variable whose connection is followed; None where it is a product of more than two."""
    return None if len(parts_of(spec.focal)) > PAIR else focal_variable(spec.focal)


def _surface_label(term: str, naming: Naming) -> str:
    column, power, exponent = term.partition("^")
    label = naming.of(column)
    return naming.words.say("power_of", variable=label, power=exponent) if power else label


def _number_label(variable: Variable, term: str, naming: Naming) -> str:
    column, say = column_of(variable), naming.words.say
    label = naming.of(column)
    if variable.standardise:
        label = say("standardised_variable", variable=label)
    elif variable.centre:
        label = say("centred_variable", variable=label)
    _, power, exponent = term.removeprefix(column).partition("^")
    _, spline, knot = term.removeprefix(column).partition("[spline ")
    if power:
        return say("power_of", variable=label, power=exponent)
    return say("spline_of", variable=label, place=knot.removesuffix("]")) if spline else label


def _partners(spec: RegressionSpec, focal: Variable) -> Iterator[Variable]:
    for each in spec.regressors_as_variables():
        if isinstance(each, Interaction):
            parts = [as_variable(part) for part in each.interaction]
            if focal in parts:
                yield from (part for part in parts if part != focal)


def _titles(variables: list[Variable], naming: Naming) -> tuple[str, ...]:
    return tuple(dict.fromkeys(naming.of(column_of(each)) for each in variables))
