"""A recorded fit's model and rows → what they tell of how few people, organisations and units are behind it.

Put here counts and shares that no diagnostic of a fit has; what is asked of them is in ``fits_to_withhold``.
"""

# pyright: reportUnknownMemberType=false

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.columns import PRODUCT, Labels
from models.regression.design import INTERCEPT, columns_read
from models.sections.dyads import DYAD
from models.sections.imputation import imputation_of
from models.sections.inference import FIGURES, MARGINAL, MIXED_CATEGORICAL, OF_COUNTS
from models.sections.panel import NUMBER_OF_ANSWERS
from models.spec import RegressionSpec
from pipelines.steps.fit_answers import answers_told, figures_told
from pipelines.steps.fit_designs import UNKNOWN, TurnedBack
from pipelines.steps.fit_paths import each_turned_back, outcomes_of

LEAST_SHARE = 1e-10
SAME = 1e-9
MOST_TURNS = 1_000
OVER_WAVES, OF_CALIBRATED, OF_IMPUTED_MEANS = "over_waves", "of_calibrated", "of_imputed_means"
BOTH = 2


def behind_a_fit(
    spec: RegressionSpec,
    rows: pd.DataFrame,
    labels: Labels,
    units: pd.DataFrame,
    variances: Mapping[str, float],
    coefficients: Mapping[str, float] = UNKNOWN,
) -> dict[str, float]:
    """Count who is behind a fit, imputed values for nobody; of several equations the worst.

    Args:
        spec: The model, variant applied.
        rows: The responses it used, as they were kept.
        labels: Labels of categories.
        units: One column a kind of units, such as organisation_id, by response; missing where unknown.
        variances: Diagnostics of a mixed model or of estimating equations.
        coefficients: Term → estimate.

    Returns:
        - over_waves, of_calibrated, of_imputed_means: 1, and nothing else, where an equation is of several waves, its
          rows are those of a calibrated sample, or organisations whose answers were imputed before they were averaged.
        - n_complete, df_complete: responses without a missing value, and these less the columns of the model and the
          effects that are taken out of them; between units, units less columns.
        - least_category_n, least_category_organisations, n_organisations: of these responses, as the diagnostics of
          these names; organisations where known.
        - least_outcome_n: fewest of them with a value of the outcome.
        - least_answer_of_category, count_beside_two: as of ``answers_told``, of figures of the
          population as of ``figures_told``.
        - row_leverage, unit_leverage: the largest of ``unit_leverage`` of a response, and of a unit beside the effects
          that are taken out; the latter 0 where no unit has several responses.
        - df_of_groups: groups less columns that are the same within each; of models of groups alone.
        - weight_in_people: total weight over the largest, least of all responses and of each category; absent without
          weights.
        - n_dyads, least_category_dyads, dyad_leverage: people whom dyads share, as many or fewer than there are other
          members; of all responses, the fewest in or out of a category, and their largest ``unit_leverage``; absent
          without dyads.
        - least_units_of_stratum, least_people_of_stratum: absent without a design.
    """
    if spec.paths is not None and spec.paths.lagged:
        return {OVER_WAVES: 1.0}
    if spec.design is not None and spec.design.is_calibrated:
        return {OF_CALIBRATED: 1.0}
    if spec.level != "response" and imputation_of(spec.missing) is not None:
        return {OF_IMPUTED_MEANS: 1.0}
    read = [name for name in dict.fromkeys(columns_read(spec)) if name in rows]
    complete = rows[rows[read].notna().all(axis=1)].reset_index(drop=True)
    if complete.empty:
        return {"n_complete": 0.0}
    designs = list(each_turned_back(spec, complete, labels, variances, coefficients).values())
    matrices = [each.matrix for each in designs]
    own = units.reindex(matrices[0].index)
    parts = [part for matrix in matrices for part in _parts(matrix)]
    n_columns = max(matrix.shape[1] for matrix in matrices)
    several = [name for name in own if own[name].dropna().duplicated().any()]
    beside = [_beside_effects(spec, complete, each) for each in designs]
    leverages = [unit_leverage(*each, own[name]) for each in beside for name in several]
    return {
        "n_complete": float(len(complete)),
        "df_complete": float(_rows_beyond_effects(spec, complete) - n_columns),
        **({"least_category_n": min(float(each.sum()) for each in parts)} if parts else {}),
        "least_outcome_n": float(complete[spec.outcome].value_counts().min()),
        **_answers(spec, complete, parts),
        **_organisations(own, parts),
        "row_leverage": max(_row_leverage(each) for each in designs),
        "unit_leverage": max(leverages, default=0.0),
        **_groups(spec, complete, matrices[0]),
        **_weights(spec, complete, parts),
        **_dyads(complete, designs, parts),
        **_strata(spec, complete),
    }


def _rows_beyond_effects(spec: RegressionSpec, complete: pd.DataFrame) -> int:
    """Return rows less the effects of groups that are taken out of them; of means of units, units."""
    ways = spec.effects()
    if spec.panel is not None and spec.estimator in ("between", "first_differences"):
        n_units = int(complete[spec.panel.column].nunique())
        return n_units if spec.estimator == "between" else len(complete) - n_units
    return len(complete) - sum(int(complete[name].nunique()) for name in ways)


def _beside_effects(spec: RegressionSpec, rows: pd.DataFrame, design: TurnedBack) -> tuple[Matrix, Matrix]:
    """Return X and V^-1 X, less the weighted means of the groups whose effects are taken out, of each in turn."""
    moved, turned = design.moved, design.turned.to_numpy()
    ways = [pd.factorize(rows[name])[0] for name in spec.effects()]
    if not ways:
        return moved, turned
    weights = design.turned[INTERCEPT].to_numpy()
    totals = [np.bincount(codes, weights) for codes in ways]
    for _ in range(MOST_TURNS):
        before = moved
        for codes, total in zip(ways, totals, strict=True):
            sums = np.stack([np.bincount(codes, column * weights) for column in moved.T], axis=1)
            moved = moved - (sums / total[:, None])[codes]
        if len(ways) == 1 or np.abs(moved - before).max() <= SAME * np.abs(design.moved).max():
            break
    return moved, moved * weights[:, None]


def unit_leverage(matrix: Matrix, turned: Matrix, units: pd.Series) -> float:
    """Return the largest share of what is known of a combination of coefficients that one unit's rows bring.

    With ``A = X'V^-1 X`` and ``A_j`` the part of a unit's rows: the largest eigenvalue of ``A^-1 A_j`` over all units,
    0 to 1. At 1 a coefficient, or a combination of some, could not be told without the unit.

    Args:
        matrix: n x p, X; where a mean bends, its slopes in the coefficients.
        turned: n x p, V^-1 X up to a factor.
        units: Unit of each row; rows without are of none.
    """
    left, right = _whitened(matrix, turned)
    rows = pd.Series(np.arange(len(matrix))).groupby(units.to_numpy()).indices
    shares = (float(np.linalg.eigvalsh(_symmetric(left[own].T @ right[own])).max()) for own in rows.values())
    return max(shares, default=0.0)


def _row_leverage(design: TurnedBack) -> float:
    left, right = _whitened(design.moved, design.turned.to_numpy())
    return float((left * right).sum(axis=1).max())


def _whitened(matrix: Matrix, turned: Matrix) -> tuple[Matrix, Matrix]:
    """Return both times a root of the inverse of their cross-product."""
    sizes, directions = np.linalg.eigh(_symmetric(matrix.T @ turned))
    is_told = sizes > LEAST_SHARE * sizes.max(initial=0.0)
    whiten = directions[:, is_told] / np.sqrt(sizes[is_told])
    return matrix @ whiten, turned @ whiten


def _groups(spec: RegressionSpec, rows: pd.DataFrame, matrix: pd.DataFrame) -> dict[str, float]:
    """Count groups less the columns that do not differ within any, the fewest of all kinds of groups."""
    kinds = [list(each.columns) for each in spec.random_effects] if spec.estimator in MIXED_CATEGORICAL else []
    kinds += [[spec.clusters()[0]]] if spec.estimator in MARGINAL else []
    found: list[float] = []
    for columns in kinds:
        grouped = matrix.groupby(rows.groupby(columns, sort=False).ngroup().to_numpy())
        is_same = (grouped.max() - grouped.min()).max() <= SAME
        found.append(float(grouped.ngroups - is_same.sum()))
    return {"df_of_groups": min(found)} if found else {}


def _parts(matrix: pd.DataFrame) -> list[NDArray[np.bool_]]:
    """Return who is in and out of every category, and in every cell of a product of some.

    Columns of two values, such as nought and one, are of categories.
    """
    columns = {str(name): matrix[name].to_numpy() for name in list(matrix)[1:] if matrix[name].nunique() == BOTH}
    parts = [part for column in columns.values() for part in (column == column.max(), column == column.min())]
    for name in matrix:
        factors = [each for each in str(name).split(PRODUCT) if each in columns]
        if len(factors) > 1:
            cells = matrix.groupby(factors).ngroup().to_numpy()
            parts += [cells == cell for cell in np.unique(cells)]
    return parts


def _organisations(units: pd.DataFrame, parts: list[NDArray[np.bool_]]) -> dict[str, float]:
    organisations = units["organisation_id"]
    if organisations.isna().all():
        return {}
    found = {"n_organisations": float(organisations.nunique())}
    behind = [organisations[part].dropna() for part in parts]
    if least := [each.nunique() for each in behind if len(each)]:
        found["least_category_organisations"] = float(min(least))
    return found


def _weights(spec: RegressionSpec, rows: pd.DataFrame, parts: list[NDArray[np.bool_]]) -> dict[str, float]:
    if spec.weights in (None, NUMBER_OF_ANSWERS):
        return {}
    weights: Vector = rows[str(spec.weights)].to_numpy(dtype=float)
    each = [weights, *(weights[part] for part in parts if part.any())]
    return {"weight_in_people": min(float(own.sum() / own.max()) for own in each)}


def _answers(spec: RegressionSpec, rows: pd.DataFrame, parts: list[NDArray[np.bool_]]) -> dict[str, float]:
    if spec.estimator not in FIGURES:
        return answers_told(spec.estimator, _weighted_counts(spec, rows), parts)
    weights: Vector = np.ones(len(rows)) if spec.weights is None else rows[spec.weights].to_numpy(dtype=float)
    told = [figures_told(rows[name], weights, parts) for name in outcomes_of(spec)]
    return {name: min(each[name] for each in told if name in each) for name in {name for each in told for name in each}}


def _weighted_counts(spec: RegressionSpec, rows: pd.DataFrame) -> pd.Series:
    """Return the outcome; counts times their weights, whose sums follow."""
    is_weighted = spec.estimator in OF_COUNTS and spec.weights not in (None, NUMBER_OF_ANSWERS)
    return rows[spec.outcome] * rows[str(spec.weights)] if is_weighted else rows[spec.outcome]


def _dyads(rows: pd.DataFrame, designs: list[TurnedBack], parts: list[NDArray[np.bool_]]) -> dict[str, float]:
    if DYAD not in rows:
        return {}
    shared = rows[DYAD]
    behind = [float(shared[part].nunique()) for part in parts if part.any()]
    return {
        "n_dyads": float(shared.nunique()),
        **({"least_category_dyads": min(behind)} if behind else {}),
        "dyad_leverage": max(unit_leverage(each.moved, each.turned.to_numpy(), shared) for each in designs),
    }


def _strata(spec: RegressionSpec, rows: pd.DataFrame) -> dict[str, float]:
    if spec.design is None:
        return {}
    first = spec.design.stages()[0]
    strata = pd.Series(0, index=rows.index) if first.strata is None else rows[first.strata]
    units = rows["response_id"] if first.clusters is None else rows[first.clusters]
    grouped = units.groupby(strata)
    return {
        "least_units_of_stratum": float(grouped.nunique().min()),
        "least_people_of_stratum": float(grouped.size().min()),
    }


def _symmetric(matrix: Matrix) -> Matrix:
    return (matrix + matrix.T) / 2
