"""Comparisons that a model asks for beside its coefficients, as rows of its readings and as diagnostics."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.regression.columns import Labels, columns_of
from models.regression.comparing.competing_forms import Difference, FormData, compare_forms
from models.regression.comparing.cross_products import Columns
from models.regression.comparing.of_shares import of_shares
from models.regression.comparing.relative_importance import relative_importance
from models.regression.comparing.ridge import ridge_regression
from models.regression.design import Design
from models.regression.identification import ModelDataError
from models.regression.posed import codes_of
from models.regression.profile import finite_numbers
from models.regression.reading.of_coefficients import COLUMNS, Row
from models.sections.comparisons import CompetingForms, Together
from models.spec import RegressionSpec

FEWEST_CLUSTERS = 10
OF_FORMS = ("cross_validated_error", "error_against_first", "vuong", "aic", "bic", "akaike_weight")
OF_COMPARISONS = ("importance", "ridge", *OF_FORMS)
"""Readings of terms that need not be focal."""


@dataclass(frozen=True, eq=False)
class Compared:
    """What comparisons found.

    Attributes:
        readings: One row a term and reading.
        diagnostics: Diagnostic → value.
    """

    readings: pd.DataFrame
    diagnostics: dict[str, float]


def comparisons_of(spec: RegressionSpec, design: Design, labels: Labels, seed: int) -> Compared:
    """Compute the comparisons that a linear model asks for.

    Args:
        spec: The model, variant applied.
        design: What it is computed from.
        labels: Variable → code → label, for the names of terms.
        seed: Of folds and draws.

    Returns:
        Readings, beside those of ``models.regression.reading.of_fit``, of every column of the regressors that go
        together:

        - importance (of a regressor): part of R2 that it explains on average over all orders of entry, with a
          bootstrap interval; of a category, of all its columns under the name of the variable.
        - ridge: coefficient with the penalty that predicts best; without interval, as it is biased by design.

        Of scores that may enter in several forms, the form as term, all but the first held against the first:

        - cross_validated_error: root mean squared error of predicting clusters that were left out; ``not_covered`` of
          a form that the scores do not have (``one_factor`` without a factor in common).
        - error_against_first: mean squared error less that of the first form, with an interval from clusters; verdict
          ``better`` or ``worse`` where it leaves out nought, else ``undecided``.
        - vuong: log-likelihood less that of the first form, likewise; absent where one is a special case of the other.
        - aic, bic: less those of the best form; akaike_weight. They take rows as independent.

        Of an outcome that is a part of a whole (see ``of_shares``):

        - share_moved on a part (of a focal term): how its predicted share moves, in points of 100, when the regressor
          rises by one from the mean, or from the reference category, the others at their means.
        - other_noughts (of a focal term): the coefficient, between the lowest and the highest with noughts that count
          as half as much and as 1 / .65 as much; verdict ``look`` when one of them has another sign.

        Diagnostics: forms_not_compared; noughts_count_as (points of 100), share_with_noughts (of the responses);
        ridge_penalty;
        cross_validated_r2 of the model, cross_validated_r2_ridge with the penalty and cross_validated_r2_held of the
        other regressors alone; r2_together, what those that go together add to R2.

    Raises:
        ModelDataError: If there are too few clusters to leave some out.
    """
    rows: list[Row] = []
    diagnostics: dict[str, float] = {}
    if spec.composition is not None:
        more, found = of_shares(spec, spec.composition, design)
        rows += more
        diagnostics |= found
    if spec.together is not None:
        rng = np.random.default_rng(seed)
        more, found = _of_those_together(spec, spec.together, design, labels, rng)
        rows += more
        diagnostics |= found
    if spec.competing_forms is not None:
        more = [*_of_forms(spec, spec.competing_forms, design, np.random.default_rng(seed))]
        diagnostics["forms_not_compared"] = float(sum(row[-1] == "not_covered" for row in more))
        rows += more
    return Compared(pd.DataFrame(rows, columns=list(COLUMNS)), diagnostics)


def _of_those_together(
    spec: RegressionSpec, asked: Together, design: Design, labels: Labels, rng: np.random.Generator
) -> tuple[list[Row], dict[str, float]]:
    terms = {name: terms_of(spec, name, design, labels) for name in asked.of}
    compared = [term for own in terms.values() for term in own]
    columns = columns_apart(design, compared)
    places = [[compared.index(term) for term in own] for own in terms.values()]
    shared = relative_importance(columns, places, asked.draws, rng, spec.confidence_level)
    ridge = ridge_regression(columns, asked.folds, rng)
    rows: list[Row] = [
        (own[0] if len(own) == 1 else name, "importance", float(share), float(low), float(high), "")
        for (name, own), share, low, high in zip(
            terms.items(), shared.shares, shared.conf_low, shared.conf_high, strict=True
        )
    ]
    rows += [
        (term, "ridge", float(value), np.nan, np.nan, "")
        for term, value in zip(compared, ridge.coefficients, strict=True)
    ]
    return rows, {
        "r2_together": float(shared.shares.sum()),
        "ridge_penalty": ridge.penalty,
        "cross_validated_r2": ridge.explained_without,
        "cross_validated_r2_ridge": ridge.explained,
        "cross_validated_r2_held": ridge.explained_by_held,
    }


def _of_forms(spec: RegressionSpec, asked: CompetingForms, design: Design, rng: np.random.Generator) -> Iterator[Row]:
    touched = [str(term) for term in design.matrix if set(asked.of) & set(str(term).split(" x "))]
    columns = columns_apart(design, touched)
    scores = np.column_stack([finite_numbers(design.rows, name).to_numpy() for name in asked.of])
    data = FormData(columns.held, scores, columns.outcome, columns.clusters)
    found = compare_forms(data, asked.forms, asked.folds, rng, spec.confidence_level)
    for form in (each for each in asked.forms if each not in [one.form for one in found]):
        yield form, "cross_validated_error", np.nan, np.nan, np.nan, "not_covered"
    for place, each in enumerate(found):
        yield each.form, "cross_validated_error", each.error, np.nan, np.nan, ""
        if place:
            yield each.form, "error_against_first", *_said(each.against_first, "worse", "better")
            if np.isfinite(each.vuong.value):
                yield each.form, "vuong", *_said(each.vuong, "better", "worse")
        yield each.form, "aic", each.aic, np.nan, np.nan, ""
        yield each.form, "bic", each.bic, np.nan, np.nan, ""
        yield each.form, "akaike_weight", each.akaike_weight, np.nan, np.nan, ""


def _said(found: Difference, above: str, below: str) -> tuple[float, float, float, str]:
    verdict = above if found.conf_low > 0 else below if found.conf_high < 0 else "undecided"
    return found.value, found.conf_low, found.conf_high, verdict


def terms_of(spec: RegressionSpec, name: str, design: Design, labels: Labels) -> tuple[str, ...]:
    """Return the terms of a variable of a model, however often and in whichever use it stands there."""
    own = [each for each in spec.lone_variables() if each.variable == name]
    return tuple(term for each in own for term in columns_of(each, design.rows, labels, design.profile))


def columns_apart(design: Design, compared: list[str]) -> Columns:
    """Return the columns of a design, those that are compared apart from those that are held.

    Raises:
        ModelDataError: If there are too few clusters, or rows, to leave some out.
    """
    names = list(design.clusters)
    clusters = codes_of(design.clusters[names[0]]) if names else np.arange(len(design.rows))
    n_clusters = int(clusters.max()) + 1
    if n_clusters < FEWEST_CLUSTERS:
        raise ModelDataError(
            f"{n_clusters} clusters are too few to compare models on clusters that were left out; expected at least "
            f"{FEWEST_CLUSTERS}; widen the population, or take the comparison out of the model"
        )
    weights = np.ones(len(design.rows)) if design.weights is None else design.weights.to_numpy()
    held = design.matrix.drop(columns=compared).to_numpy()
    return Columns(held, design.matrix[compared].to_numpy(), design.outcome.to_numpy(), weights, clusters)
