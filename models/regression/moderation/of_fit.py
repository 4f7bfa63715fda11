"""What a fit says of how the focal effect depends on other variables: slopes, regions, curves, and its surface."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Shapes, Vector
from models.regression.columns import column_of, joined_terms
from models.regression.moderation.combinations import Combinations, combine
from models.regression.moderation.curves import CURVE_COLUMNS, N_POINTS, outcome_curves, rows_of_curve
from models.regression.moderation.fitted import Columns, FittedDesign
from models.regression.moderation.simple_slopes import Moderation, regions_of_significance
from models.regression.moderation.surface_of_fit import SURFACE_COLUMNS, features_of_surface
from models.sections.regressors import Interaction, Variable, focal_variable, parts_of

SLOPE_COLUMNS = (
    *("focal_term", "moderator", "at", "value", "estimate", "std_error", "df", "p_value", "conf_low", "conf_high"),
)
REGION_COLUMNS = ("focal_term", "moderator", "position", "low", "high", "is_significant", "share_of_responses")
NOT_COVERED = "not_covered"
PAIR = 2
Row = dict[str, object]


@dataclass(frozen=True, eq=False)
class Product:
    """A product of the focal regressor with one moderator whose slopes are given.

    Attributes:
        interaction: As the model writes it.
        moderator: The other part.
        others: Further products of the focal regressor, whose moderators are held at their means.
    """

    interaction: Interaction
    moderator: Variable
    others: tuple["Product", ...] = ()


def shapes_of(fitted: FittedDesign) -> Shapes:
    """Describe how the focal effect depends on moderators, where outcomes bend, and the response surface.

    The slope of a focal term at a moderator's value is its coefficient and its products' with that value; further
    moderators of it are held at their means. Moderators: numbers at their mean and one standard deviation (n - 1) below
    and above, each response counting once; numbers of two values at both; categories at each. Slopes of a categorical
    outcome are on the scale of its coefficients, such as log odds. Degrees of freedom are those of the covariance, with
    CR2 and CR3 Satterthwaite's of every combination.
    """
    slopes: list[Row] = []
    regions: list[Row] = []
    curves: list[Row] = []
    covered = products_of_focal(fitted)
    with np.errstate(divide="ignore", invalid="ignore"):
        for product in covered:
            for focal_term in fitted.focal:
                slopes += _slopes(fitted, product, focal_term)
                regions += _regions(fitted, product, focal_term)
                curves += _effect_curve(fitted, product, focal_term)
        at = {product.moderator: values_asked(fitted, product.moderator) for product in covered}
        curves += outcome_curves(fitted, at)
        surface = features_of_surface(fitted)
    return Shapes(
        pd.DataFrame(slopes, columns=list(SLOPE_COLUMNS)),
        pd.DataFrame(regions, columns=list(REGION_COLUMNS)),
        pd.DataFrame(curves, columns=list(CURVE_COLUMNS)),
        surface,
    )


def no_shapes() -> Shapes:
    """Return the shapes of a fit without slopes, curves or a surface."""
    columns = (SLOPE_COLUMNS, REGION_COLUMNS, CURVE_COLUMNS, SURFACE_COLUMNS)
    return Shapes(*(pd.DataFrame(columns=list(each)) for each in columns))


def products_of_focal(fitted: FittedDesign) -> list[Product]:
    """Return the products of the focal regressor whose slopes are given.

    None where the focal regressor is bent or part of a product of three or more: then its slope depends on more than
    one thing; see ``products_not_covered``.
    """
    pairs = _interactions_of_focal(fitted)
    focal = focal_variable(fitted.spec.focal)
    is_bent = focal.use != "category" and not fitted.is_line(focal)
    if is_bent or any(len(each.interaction) > PAIR for each in pairs):
        return []
    moderators = [next(part for part in parts_of(each) if part != focal) for each in pairs]
    known = [Product(each, moderator) for each, moderator in zip(pairs, moderators, strict=True)]
    known = [each for each in known if fitted.has_terms(_terms_of(fitted, each))]
    return [
        Product(each.interaction, each.moderator, tuple(other for other in known if other is not each))
        for each in known
    ]


def products_not_covered(fitted: FittedDesign) -> list[tuple[str, str, float, float, float, str]]:
    """Return a reading for every product of the focal regressor without simple slopes or without regions."""
    covered = {id(each.interaction): each for each in products_of_focal(fitted)}
    found: list[tuple[str, str]] = []
    for each in _interactions_of_focal(fitted):
        term = " x ".join(column_of(part) for part in parts_of(each))
        product = covered.get(id(each))
        if product is None:
            found.append((term, "simple_slopes"))
        elif product.moderator.use != "category" and not fitted.is_line(product.moderator):
            found.append((term, "johnson_neyman"))
    return [(term, reading, np.nan, np.nan, np.nan, NOT_COVERED) for term, reading in found]


def values_asked(fitted: FittedDesign, moderator: Variable) -> dict[str, object]:
    """Return the values of a moderator at which slopes are given, by what they are called."""
    if moderator.use == "category":
        labels = fitted.labels.get(column_of(moderator), {})
        return {labels.get(code, str(code)): code for code in fitted.profile.codes[column_of(moderator)]}
    found = fitted.distribution(moderator)
    if found.is_indicator:
        return {f"{value:g}": value for value in found.listed}
    mean, deviation = found.mean, found.deviation
    return {"mean_less_sd": mean - deviation, "mean": mean, "mean_plus_sd": mean + deviation}


def _interactions_of_focal(fitted: FittedDesign) -> list[Interaction]:
    focal = focal_variable(fitted.spec.focal)
    regressors = fitted.spec.regressors_as_variables() if fitted.focal else []
    return [each for each in regressors if isinstance(each, Interaction) and focal in parts_of(each)]


def _terms_of(fitted: FittedDesign, product: Product) -> list[str]:
    columns = fitted.mean_columns(product.moderator, 1)
    return [term for focal_term in fitted.focal for term in _joined(fitted, product, focal_term, columns)]


def _joined(fitted: FittedDesign, product: Product, focal_term: str, columns: Columns) -> dict[str, Vector]:
    focal = focal_variable(fitted.spec.focal)
    n = len(next(iter(columns.values())))
    return joined_terms(
        [{focal_term: np.ones(n)} if part == focal else columns for part in parts_of(product.interaction)]
    )


def slope_weights(fitted: FittedDesign, product: Product, focal_term: str, values: pd.Series) -> Matrix:
    """Return q x k weights that make the slope of a focal term at q values of the moderator."""
    n = len(values)
    columns: dict[str, Vector] = {focal_term: np.ones(n)}
    columns |= _joined(fitted, product, focal_term, fitted.columns_at(product.moderator, values))
    for other in product.others:
        columns |= _joined(fitted, other, focal_term, fitted.mean_columns(other.moderator, n))
    return fitted.weights(columns, n)


def _slopes(fitted: FittedDesign, product: Product, focal_term: str) -> Iterator[Row]:
    asked = values_asked(fitted, product.moderator)
    values = pd.Series(list(asked.values()))
    weights = slope_weights(fitted, product, focal_term, values)
    found = combine(fitted.coefficients, weights, fitted.spec.confidence_level)
    is_category = product.moderator.use == "category"
    for place, (name, value) in enumerate(asked.items()):
        key = {"focal_term": focal_term, "moderator": column_of(product.moderator), "at": name}
        yield {**key, "value": np.nan if is_category else value, **_figures(found, place)}


def _figures(found: Combinations, place: int) -> Mapping[str, float]:
    df = float(found.df[place])
    return {
        "estimate": float(found.estimate[place]),
        "std_error": float(found.std_error[place]),
        "df": df if np.isfinite(df) else np.nan,
        "p_value": float(found.p_value[place]),
        "conf_low": float(found.conf_low[place]),
        "conf_high": float(found.conf_high[place]),
    }


def _regions(fitted: FittedDesign, product: Product, focal_term: str) -> Iterator[Row]:
    moderator = product.moderator
    if not (fitted.is_number(moderator) and fitted.is_line(moderator)):
        return
    ends = slope_weights(fitted, product, focal_term, pd.Series([0.0, 1.0]))
    found = fitted.distribution(moderator)
    level = 1 - fitted.spec.confidence_level
    asked = Moderation(ends[0], ends[1] - ends[0])
    bounds, cut = regions_of_significance(fitted.coefficients, asked, (found.mean, found.deviation), level)
    shares = fitted.observed.shares(column_of(moderator), bounds)
    for position, region in enumerate(cut):
        yield {
            "focal_term": focal_term,
            "moderator": column_of(moderator),
            "position": position,
            "low": region.low if np.isfinite(region.low) else np.nan,
            "high": region.high if np.isfinite(region.high) else np.nan,
            "is_significant": region.is_significant,
            "share_of_responses": float(shares[position]),
        }


def _effect_curve(fitted: FittedDesign, product: Product, focal_term: str) -> list[Row]:
    if not fitted.is_number(product.moderator):
        return []
    observed = fitted.distribution(product.moderator)
    grid: Vector = np.linspace(observed.least, observed.largest, N_POINTS)
    weights = slope_weights(fitted, product, focal_term, pd.Series(grid))
    found = combine(fitted.coefficients, weights, fitted.spec.confidence_level)
    name = column_of(product.moderator)
    key = {"curve": "effect", "over": name, "moderator": name, "at": "", "focal_term": focal_term, "unit": "slope"}
    return rows_of_curve(key, grid, found)
