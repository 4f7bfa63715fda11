"""Which engine computes a model, and why: the one door to a regression in a database.

Put here the choice; not how an engine computes.
"""

# pyright: reportMissingTypeStubs=false

from collections.abc import Collection
from dataclasses import replace

from models.one_thread import on_one_thread
from models.regression.columns import Labels
from models.regression.comparing.asked import needs_rows_beside
from models.regression.identification import ModelDataError
from models.regression.in_database.connection import Connection
from models.regression.in_database.counted import fit_counted
from models.regression.in_database.counted_binary import fit_counted_binary
from models.regression.in_database.fixed_effects import DEFINED
from models.regression.in_database.grouped import fit_fixed_effects, fit_fixed_effects_at_once
from models.regression.in_database.pattern_keys import possible_patterns
from models.regression.in_database.patterns import Patterns, count_patterns, count_possible
from models.regression.in_database.query import Relation
from models.regression.in_database.responses import (
    BINARY_ESTIMATORS,
    Responses,
    Selected,
    look_at_responses,
    select_responses,
)
from models.regression.in_database.result import Engine, TableFit
from models.regression.in_database.rows import fit_rows
from models.regression.in_database.streamed import fit_in_blocks
from models.sections.inference import CLUSTERED, Covariance, covariances_of
from models.spec import RegressionSpec

FEW_RESPONSES = 5_000
RESPONSES_OF_A_PATTERN = 3
MOST_PATTERNS = 200_000


def fit_in_database(
    spec: RegressionSpec,
    connection: Connection,
    relation: Relation,
    labels: Labels,
    covariances: Collection[Covariance] = (),
    fewest_beyond: int = 1,
) -> TableFit:
    """Fit a regression to the complete responses of a relation, by the engine that suits them.

    All covariances are of the same responses: those complete in what the model reads, its cluster among it. The same
    responses give the same bits in any order, except from blocks, whose sums follow the order of the table.

    Args:
        spec: The model, variant applied.
        connection: To a DuckDB database; it is read only.
        relation: The analysis table, one row a response.
        labels: Variable → code → label, for the names of terms.
        covariances: Those wanted; none: that of the model.
        fewest_beyond: How many more responses than coefficients are asked for.

    Returns:
        What ``models.regression.fit.fit_regression`` finds of the same rows, but for rounding.

    Raises:
        ModelDataError: If the data cannot carry the model.
        ValueError: If the model has no such covariance.
    """
    wanted = tuple(dict.fromkeys(covariances)) or (spec.covariance_used(),)
    _refuse_covariances(spec, wanted)
    is_other = spec.level != "response" or spec.panel is not None or spec.missing != "listwise"
    if is_other or spec.random_effects:
        raise ModelDataError(
            f"the model '{spec.name}' has a level, a panel, random effects or imputed values; expected a regression of "
            "complete responses; fit it with fit_regression"
        )
    if needs_rows(spec, wanted) is None:
        found = _fit_at_once(select_responses(spec, connection, relation), labels, wanted, fewest_beyond)
        if found is not None:
            return found
    responses = look_at_responses(spec, connection, relation)
    engine, reason = choose_engine(responses, wanted)
    with on_one_thread():
        if engine == "rows":
            return fit_rows(responses, relation, labels, wanted, fewest_beyond, reason)
        if spec.effects():
            return replace(fit_fixed_effects(responses, labels, wanted), reason=reason)
        if engine == "blocks":
            return replace(fit_in_blocks(responses, labels, wanted, fewest_beyond), reason=reason)
        return _fit_patterns(count_patterns(responses), labels, wanted, fewest_beyond, reason)


def _fit_at_once(
    selected: Selected, labels: Labels, wanted: tuple[Covariance, ...], fewest_beyond: int
) -> TableFit | None:
    """Fit without a look at the responses first; None where it takes one to choose an engine or to refuse them."""
    if selected.spec.effects():
        found = fit_fixed_effects_at_once(selected, labels, wanted)
        if found is None or found.n_obs <= FEW_RESPONSES:
            return None
        return replace(found, reason=_summed_by_groups(found.n_obs, selected.spec))
    possible = possible_patterns(selected, FEW_RESPONSES, MOST_PATTERNS)
    if possible is None:
        return None
    patterns = count_possible(selected, possible)
    n, n_patterns = patterns.n_obs, len(patterns.counts)
    if n <= FEW_RESPONSES or not _are_few(n_patterns, n) or not possible.suit(*patterns.ends):
        return None
    reason = f"{n:,} responses have {n_patterns:,} different patterns of regressors, few enough to be counted."
    with on_one_thread():
        return _fit_patterns(patterns, labels, wanted, fewest_beyond, reason)


def _fit_patterns(
    patterns: Patterns, labels: Labels, wanted: tuple[Covariance, ...], fewest_beyond: int, reason: str
) -> TableFit:
    fit = fit_counted_binary if patterns.spec.estimator in BINARY_ESTIMATORS else fit_counted
    return fit(patterns, labels, wanted, fewest_beyond, reason)


def _are_few(n_patterns: int, n_obs: int) -> bool:
    return n_patterns <= min(MOST_PATTERNS, n_obs // RESPONSES_OF_A_PATTERN)


def choose_engine(responses: Responses, covariances: Collection[Covariance]) -> tuple[Engine, str]:
    """Choose the engine of a model and say in a sentence why.

    Args:
        responses: Where they lie.
        covariances: Those wanted.
    """
    needed = needs_rows(responses.spec, covariances)
    if needed is not None:
        return "rows", needed
    n, n_patterns = responses.n_obs, responses.n_patterns
    if n <= FEW_RESPONSES:
        return "rows", f"{n:,} responses are few enough to be computed one by one."
    if responses.spec.effects():
        return "blocks", _summed_by_groups(n, responses.spec)
    found = f"{n:,} responses have about {n_patterns:,} different patterns of regressors"
    if _are_few(n_patterns, n):
        return "counted_patterns", f"{found}, few enough to be counted."
    if responses.spec.estimator in BINARY_ESTIMATORS:
        return "rows", f"{found}, too many to be counted, and {responses.spec.estimator} has no other engine."
    return "blocks", f"{found}, too many to be counted; they are read in blocks."


def _summed_by_groups(n_obs: int, spec: RegressionSpec) -> str:
    return f"{n_obs:,} responses have effects of {spec.effects()[0]}; they are summed by its groups."


def needs_rows(spec: RegressionSpec, covariances: Collection[Covariance]) -> str | None:
    """Say why a model is computed from rows whatever their number; None when it need not be."""
    is_asked = needs_rows_beside(spec)
    if is_asked or spec.estimator not in ("linear", "mixed", *BINARY_ESTIMATORS):
        return f"{'What is compared or a log-ratio' if is_asked else spec.estimator} is computed from rows only."
    if spec.design is not None:
        return "A design of the sample is computed from rows only."
    if spec.estimator == "mixed":
        return _random_effects_need_rows(spec, covariances)
    return _clusters_need_rows(spec, covariances)


def _clusters_need_rows(spec: RegressionSpec, covariances: Collection[Covariance]) -> str | None:
    if len(spec.clusters()) > 1:
        return "Clusters in two ways are computed from rows only."
    if spec.estimator in BINARY_ESTIMATORS and "CR2" in covariances:
        return f"CR2 of {spec.estimator} is computed from rows only."
    if spec.effects() and (spec.effects() != spec.clusters() or not set(covariances) <= set(DEFINED)):
        return "Effects of two columns, not of the clusters, or with HC2 or HC3 are computed from rows only."
    return None


def _random_effects_need_rows(spec: RegressionSpec, covariances: Collection[Covariance]) -> str | None:
    random, *others = spec.random_effects
    if others:
        return "Random effects of several kinds of groups are computed from rows only."
    if random.slopes:
        return "Random slopes are computed from rows only."
    if len(random.columns) > 1:
        return "Groups that several columns name together are computed from rows only."
    if spec.clusters() or set(covariances) != {"classical"}:
        return "Clusters beside random effects are computed from rows only."
    return None


def _refuse_covariances(spec: RegressionSpec, covariances: Collection[Covariance]) -> None:
    for kind in covariances:
        if kind not in covariances_of(spec.estimator):
            raise ValueError(f"{spec.estimator} has no covariance {kind}")
        if kind in CLUSTERED and not spec.clusters():
            raise ValueError(f"covariance {kind} needs a model with a cluster")
        if len(spec.clusters()) > 1 and kind != "CR1S":
            raise ValueError(f"two clusters have covariance CR1S; found {kind}")
