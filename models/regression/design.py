"""Model specification + analysis table → outcome, matrix and clusters: what a regression is computed from.

Put here which responses and which columns enter a model.
Whether they can be told apart is in ``identification``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from instruments.counted import counted
from models.regression.coded_columns import outcome_columns
from models.regression.columns import Labels, column_of, columns_of
from models.regression.corrected.behind import columns_behind
from models.regression.effects import rows_alone
from models.regression.focal_columns import focal_terms
from models.regression.identification import ModelDataError, refuse_unidentified
from models.regression.organisation_rows import KEYS, of_rows, organisation_rows
from models.regression.outcome import outcome_of
from models.regression.profile import Profile, finite_numbers, profile_of
from models.regression.response_rows import columns_of_silence
from models.regression.rows_without import rows_without
from models.regression.sampled import columns_of_sample, sample_of, with_units_sampled
from models.regression.silent_rows import Silent, none_complete, of_every_wave, rows_and_silent, weighted_for_silent
from models.sections.composition import parts_of_whole
from models.sections.dyads import DYAD
from models.sections.figures import members_of
from models.sections.imputation import LISTWISE
from models.sections.nonresponse import nonresponse_of
from models.sections.panel import NUMBER_OF_ANSWERS
from models.sections.paths import needs_order
from models.sections.regressors import Variable
from models.spec import RegressionSpec
from models.survey_design.design import SurveyDesign

INTERCEPT = "intercept"
ORDER_OF_WAVES = "wave_number"
NEEDS_SEVERAL_ROWS = ("within", "first_differences")


@dataclass(frozen=True, eq=False)
class Design:
    """What a regression is computed from; all parts but the data have the same n rows in the same order.

    Attributes:
        outcome: The outcome, float64; places of categories where they have no order.
        matrix: One column a coefficient, named as the term, ``intercept`` first, float64.
        clusters: Clusters of the responses, one column a way; no column when the covariance has no clusters.
        weights: Weight of each response, above 0; None when all count the same.
        profile: What had to be known of all rows to lay them out.
        focal: Terms of the focal regressor; none where a variant leaves it out.
        rows: The rows used, of responses sorted by response_id or of organisations, with the columns that the model
            reads.
        n_in_population: Rows of the model's population before any was left out for a missing value.
        data: The responses behind the rows: response_id and the columns of the analysis table that the model reads.
        n_alone: Rows that were left out because they are alone in a group whose effect is taken out.
        sample: How the rows came into the sample; None where the model has no design.
        n_without: Why rows of the population miss what only another row could tell → how many; see ``rows_without``.
        silent: Who could have been among the rows, where the model weights them or looks at selection.
    """

    outcome: pd.Series
    matrix: pd.DataFrame
    clusters: pd.DataFrame
    weights: pd.Series | None
    profile: Profile
    focal: tuple[str, ...]
    rows: pd.DataFrame
    n_in_population: int
    data: pd.DataFrame
    n_alone: int = 0
    sample: SurveyDesign | None = None
    n_without: Mapping[str, int] = field(default_factory=dict[str, int])
    silent: Silent | None = None


@dataclass(frozen=True, eq=False)
class SelectedRows:
    """The rows of a model, not laid out yet; attributes as those of ``Design``."""

    rows: pd.DataFrame
    n_in_population: int
    data: pd.DataFrame
    n_alone: int
    n_without: Mapping[str, int] = field(default_factory=dict[str, int])
    silent: Silent | None = None


def build_design(spec: RegressionSpec, analysis: pd.DataFrame, labels: Labels, fewest_beyond: int = 1) -> Design:
    """Select the responses of a model and lay out its columns.

    A category becomes one 0/1 column for every category among the responses used, except the reference. An
    interaction becomes the products of all columns of its parts. Responses with a missing value in the outcome, a
    regressor or the cluster are left out.

    Args:
        spec: The model, variant applied.
        analysis: ``core.analysis``: one row an analysed response, in any order, missing as NA.
        labels: Variable → code → label, for the names of terms; a code without a label shows itself.
        fewest_beyond: How many more responses than coefficients are asked for.

    Raises:
        ModelDataError: If a column is absent, no response is left, or the coefficients cannot be told apart.
    """
    selected = select_rows(spec, analysis)
    rows, data = selected.rows, selected.data
    outcome = outcome_of(spec, rows, labels)
    profile = profile_of(uses_of(spec), rows)
    matrix = lay_out(spec, rows, labels, profile)
    focal = focal_terms(spec, rows, labels, profile)
    clusters = rows[list(spec.clusters())]
    kind = "responses" if spec.level == "response" else "organisations"
    refuse_unidentified(outcome, matrix, clusters, fewest_beyond, kind)
    weights = weighted_for_silent(_weights(rows, spec.weights), selected.silent)
    n_in_population, n_alone = selected.n_in_population, selected.n_alone
    sample = sample_of(spec.design, rows, weights)
    told = (n_in_population, data, n_alone, sample, selected.n_without, selected.silent)
    return Design(outcome, matrix, clusters, weights, profile, focal, rows, *told)


def select_rows(spec: RegressionSpec, analysis: pd.DataFrame) -> SelectedRows:
    """Select the complete rows of a model.

    Raises:
        ModelDataError: If a column is absent or no response is left.
    """
    if (silence := nonresponse_of(spec.missing)) is not None:
        responses = select_population(of_every_wave(spec), analysis)
        silent = rows_and_silent(spec, silence, responses, columns_read(spec.model_copy(update={"missing": LISTWISE})))
        return SelectedRows(silent.rows, silent.n_in_population, silent.data, 0, rows_without(spec, responses), silent)
    responses = select_population(spec, with_units_sampled(spec.design, analysis))
    population = responses if spec.level == "response" else rows_of_organisations(spec, responses)
    n_without = rows_without(spec, population)
    complete = _leave_out_missing(spec, population)
    rows = leave_out_alone(spec, complete)
    data = rows if spec.level == "response" else of_rows(responses, rows, spec.level)
    return SelectedRows(rows, len(population), data, len(complete) - len(rows), n_without)


def lay_out(spec: RegressionSpec, rows: pd.DataFrame, labels: Labels, profile: Profile) -> pd.DataFrame:
    """Return the matrix of rows without a missing value, one column a coefficient, ``intercept`` first.

    Raises:
        ModelDataError: If a column cannot be used as the model says, or a term stands twice.
    """
    columns: dict[str, pd.Series] = {INTERCEPT: pd.Series(1.0, index=rows.index)}
    for regressor in spec.regressors_as_variables():
        for term, column in columns_of(regressor, rows, labels, profile).items():
            if term in columns:
                raise ModelDataError(f"the term '{term}' stands twice in the model; name each regressor once")
            columns[term] = column
    return pd.DataFrame(columns)


def uses_of(spec: RegressionSpec) -> dict[str, list[Variable]]:
    """Return the columns on the right-hand side of a model and how each is used."""
    uses: dict[str, list[Variable]] = {}
    for variable in spec.variables():
        uses.setdefault(column_of(variable), []).append(variable)
    return uses


def _weights(rows: pd.DataFrame, column: str | None) -> pd.Series | None:
    if column is None:
        return None
    weights = finite_numbers(rows, column)
    refuse_weights(column, int((weights <= 0).sum()))
    return weights


def refuse_weights(column: str, n_bad: int) -> None:
    """Raise ModelDataError when a weight is not above 0."""
    if n_bad:
        raise ModelDataError(
            f"'{column}' is nought or negative in {counted(n_bad, 'response')}; a weight says for how many a response "
            "stands and must be above 0; leave these responses out or mend the weights"
        )


def excluded_column(rule: str) -> str:
    """Return the column of the analysis table that says whether an exclusion rule leaves a response out."""
    return f"excluded_by_{rule}"


def select_population(spec: RegressionSpec, analysis: pd.DataFrame, auxiliary: Sequence[str] = ()) -> pd.DataFrame:
    """Select the responses of a model's population with the columns that it reads, and auxiliary ones.

    Raises:
        ModelDataError: If a column is absent or no response is in the population.
    """
    filters = filters_of(spec)
    left_out = [excluded_column(rule)] if (rule := spec.population.without) else []
    columns = list(dict.fromkeys(["response_id", *filters, *left_out, *columns_read(spec), *auxiliary]))
    refuse_absent(columns, analysis)
    is_member = pd.Series(data=True, index=analysis.index)
    for column, values in filters.items():
        is_member &= analysis[column].isin(values)
    for column in left_out:
        is_member &= ~analysis[column].astype(bool)
    if not is_member.any():
        raise empty_population(spec, len(analysis))
    return analysis.loc[is_member, columns].sort_values("response_id", kind="stable").reset_index(drop=True)


def refuse_absent(columns: Sequence[str], analysis: pd.DataFrame) -> None:
    """Raise ModelDataError when a column that a model reads is not there."""
    if absent := [column for column in columns if column not in analysis.columns]:
        listed = ", ".join(absent)
        raise ModelDataError(f"the analysis table has no column {listed}, which the model reads; correct the name")


def filters_of(spec: RegressionSpec) -> Mapping[str, Sequence[str | int | float]]:
    """Return the columns that select a model's population, and the values that belong to it."""
    wanted = {
        "respondent_group": spec.population.respondent_groups,
        "wave": spec.population.waves,
        "source": spec.population.sources,
    }
    return {column: list(values) for column, values in wanted.items() if values} | members_of(spec.figures)


def empty_population(spec: RegressionSpec, n_analysed: int) -> ModelDataError:
    """Say that no response belongs to the population of a model."""
    sought = (
        "; ".join(f"{column}: {', '.join(map(str, values))}" for column, values in filters_of(spec).items()) or "any"
    )
    sought += f"; without {rule}" if (rule := spec.population.without) else ""
    return ModelDataError(
        f"of {counted(n_analysed, 'analysed response')}, none belongs to the population ({sought}); "
        "expected at least one; widen the population or import its responses"
    )


def columns_read(spec: RegressionSpec) -> list[str]:
    """Return the columns that a model reads: outcome, regressors, groups, weights; one may stand twice."""
    read = [*outcome_columns(spec), *(column_of(variable) for variable in spec.variables()), *spec.clusters()]
    read += [*parts_of_whole(spec.composition), *spec.effects(), *spec.random_groups(), *columns_of_sample(spec.design)]
    read += [DYAD] if spec.dyads is not None else []
    read += [ORDER_OF_WAVES] if spec.working_correlation == "ar1" else []
    read += columns_behind(spec) if spec.corrected else []
    read += KEYS["organisation_and_wave"] if spec.level != "response" else []
    if spec.panel is not None:
        read += [spec.panel.column]
        read += ["wave"] if spec.panel.unit == "respondent" else []
        read += (
            [ORDER_OF_WAVES] if spec.estimator == "first_differences" or needs_order(spec.estimator, spec.paths) else []
        )
    read += ["wave"] if spec.estimator == "mediation_across_levels" else []
    read += columns_of_silence(nonresponse_of(spec.missing))
    return [*read, spec.weights] if spec.weights not in (None, NUMBER_OF_ANSWERS) else read


def rows_of_organisations(spec: RegressionSpec, responses: pd.DataFrame) -> pd.DataFrame:
    """Average the responses of a model's population to its rows; see ``organisation_rows``, with what it raises."""
    categories = {column_of(each) for each in spec.variables() if each.use == "category"}
    facts = {*categories, *spec.clusters(), *spec.effects(), *spec.random_groups()}
    return organisation_rows(responses, spec.level, spec.outcome, facts)


def leave_out_alone(spec: RegressionSpec, rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out rows that are alone in a group whose effect is taken out, and units seen once where changes count.

    Raises:
        ModelDataError: If all are.
    """
    ways = list(spec.effects())
    if spec.panel is not None and spec.estimator in NEEDS_SEVERAL_ROWS:
        ways = [spec.panel.column]
    if not ways:
        return rows
    is_alone = rows_alone(rows[ways])
    if is_alone.all():
        raise all_alone(len(rows), ways)
    return rows[~is_alone].reset_index(drop=True)


def all_alone(n_rows: int, ways: Sequence[str]) -> ModelDataError:
    """Say that every complete row is alone in a group whose effect is taken out."""
    return ModelDataError(
        f"each of {counted(n_rows, 'complete row')} is alone in its group of {' and '.join(ways)}; expected groups of "
        "two or more, such as respondents who answered in several waves; take the effects out or link the waves"
    )


def _leave_out_missing(spec: RegressionSpec, population: pd.DataFrame) -> pd.DataFrame:
    read = [each for each in dict.fromkeys(columns_read(spec)) if each in population]
    is_missing = population[read].isna()
    rows = population[~is_missing.any(axis=1)].reset_index(drop=True)
    if rows.empty:
        raise none_complete(len(population), {str(column): int(count) for column, count in is_missing.sum().items()})
    return rows
