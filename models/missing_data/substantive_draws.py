"""Draws that agree with the model fitted later: proposals from other columns, accepted by what the model says of them.

So products, powers and other curved terms of a substantive model keep their relation with the outcome, which
regressions of one column on others cannot give them.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.missing_data.category_draws import draw_category_model
from models.missing_data.completed import Codes, Completed, standard_regressors
from models.missing_data.draws import Task, draw_linear
from models.missing_data.plan import Column, SubstantiveModel
from models.missing_data.two_level_draws import clustered, draw_intercepts
from models.regression.categorical.maximise import maximise, require_converged
from models.regression.categorical.multinomial import MultinomialRows, multinomial_objective
from models.regression.identification import ModelDataError

MOST_PROPOSALS = 500
MOST_AT_ONCE = 64
ROWS_AT_ONCE = 20_000
STEPS = (1.0, 0.3, 0.1) * 10
"""Widths of Metropolis steps, in residual deviations of the column, for rows of which no proposal was accepted."""


@dataclass(frozen=True, eq=False)
class SubstantiveDraw:
    """Drawn parameters of the substantive model.

    Attributes:
        coefficients: k.
        intercepts: Of each organisation; noughts without random intercepts.
        deviation: Residual standard deviation; 1 for a logit.
    """

    coefficients: Vector
    intercepts: Vector
    deviation: float


@dataclass(eq=False)
class SubstantiveChain:
    """What one chain knows of the substantive model.

    Attributes:
        model: The model.
        is_known: Whether a row's outcome was observed, n; its parameters are drawn from these rows.
        n_unaccepted: Values for which no proposal was accepted, so that Metropolis steps were taken.
    """

    model: SubstantiveModel
    is_known: NDArray[np.bool_]
    n_unaccepted: int = 0
    memories: dict[str, dict[str, Vector]] = field(default_factory=dict)

    def draw(self, column: Column, rows: Codes, completed: Completed, rng: np.random.Generator) -> Vector:
        """Draw the values of some rows of the outcome or of a column that explains it.

        A row without observed outcome says nothing of the model: its columns are drawn from the others alone, its
        outcome from the model.

        Args:
            column: Which.
            rows: Numbers of the q rows.
            completed: All columns, complete.
            rng: What is random.

        Raises:
            ModelDataError: If the substantive model, or that of the column, cannot be fitted.

        References:
            Bartlett, Seaman, White and Carpenter (2015), Statistical Methods in Medical Research 24(4), 462-487.
            R: ``smcfcs::smcfcs``.
        """
        found = self._parameters(completed, rng)
        if column.name == self.model.outcome:
            return self._outcomes(found, completed.at(rows), rng)
        if column.categories:
            return self._categories(column, rows, completed, found, rng)
        return self._numbers(column, rows, completed, found, rng)

    def _parameters(self, completed: Completed, rng: np.random.Generator) -> SubstantiveDraw:
        known = completed.at(np.flatnonzero(self.is_known))
        design, outcome = self.model.design(known), known[self.model.outcome]
        scale = np.sqrt(np.mean(design**2, axis=0))
        try:
            found = self._fitted(design / scale, outcome, known, rng)
        except np.linalg.LinAlgError:
            raise ModelDataError(
                f"the coefficients of the substantive model of '{self.model.outcome}' cannot be told apart in a "
                "completed set; take regressors out of it that follow from others"
            ) from None
        return SubstantiveDraw(found.coefficients / scale, found.intercepts, found.deviation)

    def _fitted(self, matrix: Matrix, outcome: Vector, known: Completed, rng: np.random.Generator) -> SubstantiveDraw:
        none, name = np.zeros(known.n_organisations), self.model.outcome
        if self.model.family == "logit":
            rows = MultinomialRows(matrix, outcome.astype(np.intp), np.ones(len(outcome)))
            maximum = maximise(multinomial_objective(rows), np.zeros(matrix.shape[1]))
            require_converged(maximum, f"substantive model of '{name}'")
            root = np.linalg.cholesky(maximum.inverse_information)
            return SubstantiveDraw(maximum.point + root @ rng.standard_normal(len(root)), none, 1.0)
        if not self.model.has_random_intercept:
            linear = draw_linear(matrix, outcome, name, rng)
            return SubstantiveDraw(linear.coefficients, none, linear.deviation)
        scale = float(outcome.std())
        rows = clustered(matrix, outcome / scale, known.organisations, known.n_organisations, name)
        found = draw_intercepts(rows, self.memories.setdefault(name, {}), rng, has_equal_spread=True)
        return SubstantiveDraw(
            found.coefficients * scale, found.intercepts * scale, float(np.sqrt(found.level)) * scale
        )

    def _expected(self, found: SubstantiveDraw, rows: Completed) -> Vector:
        return self.model.design(rows) @ found.coefficients + found.intercepts[rows.organisations]

    def _outcomes(self, found: SubstantiveDraw, rows: Completed, rng: np.random.Generator) -> Vector:
        expected = self._expected(found, rows)
        if self.model.family == "logit":
            return (rng.logistic(size=len(expected)) < expected).astype(float)
        return expected + found.deviation * rng.standard_normal(len(expected))

    def _log_chance(self, found: SubstantiveDraw, rows: Completed) -> Vector:
        """Return what the model says of the outcome, as logarithm of a share of its largest density."""
        expected, outcome = self._expected(found, rows), rows[self.model.outcome]
        if self.model.family == "logit":
            return -np.logaddexp(0.0, np.where(outcome == 1, -expected, expected))
        return -0.5 * ((outcome - expected) / found.deviation) ** 2

    def _task(self, column: Column, rows: Codes, completed: Completed) -> Task:
        matrix = completed.regressors(completed.plan.predictors_of(column))
        everywhere = completed.organisations
        memory = self.memories.setdefault(column.name, {})
        regressors = standard_regressors(matrix, matrix[rows])
        fitted = completed.held[column.name]
        return Task(column, fitted, regressors, everywhere, everywhere[rows], completed.n_organisations, memory)

    def _categories(
        self, column: Column, rows: Codes, completed: Completed, found: SubstantiveDraw, rng: np.random.Generator
    ) -> Vector:
        """Draw categories from their chances given the other columns times what the model says of each."""
        task = self._task(column, rows, completed)
        own = draw_category_model(task, "ordered" if column.is_scored else "multinomial", rng)
        logs = np.log(np.maximum(own.probabilities(task.regressors.wanted, 0.0), np.finfo(float).tiny))
        for place, code in enumerate(own.codes):
            tried = _with(completed, rows, column.name, np.full(len(rows), code))
            logs[:, place] += np.where(self.is_known[rows], self._log_chance(found, tried), 0.0)
        chances = np.exp(logs - logs.max(axis=1, keepdims=True))
        return own.draw(chances, rng)

    def _numbers(
        self, column: Column, rows: Codes, completed: Completed, found: SubstantiveDraw, rng: np.random.Generator
    ) -> Vector:
        """Draw numbers by rejection: proposals given the other columns, kept with the chance the model gives them."""
        task = self._task(column, rows, completed)
        own = draw_linear(task.regressors.fitted, task.outcome, column.name, rng)
        centre = task.regressors.wanted @ own.coefficients
        before, drawn = completed.held[column.name][rows] - column.delta, np.empty(len(rows))

        def propose(places: Codes) -> Vector:
            return centre[places] + own.deviation * rng.standard_normal(len(places))

        def chance(places: Codes, values: Vector) -> Vector:
            return self._log_chance(found, _with(completed, rows[places], column.name, values))

        free = np.flatnonzero(~self.is_known[rows])
        drawn[free] = propose(free)
        waiting = _reject(drawn, np.flatnonzero(self.is_known[rows]), propose, chance, rng)
        if len(waiting):
            self.n_unaccepted += len(waiting)

            def height(values: Vector) -> Vector:
                return chance(waiting, values) - 0.5 * ((values - centre[waiting]) / own.deviation) ** 2

            drawn[waiting] = _walk(height, before[waiting], own.deviation, rng)
        return drawn + column.delta


def _reject(
    drawn: Vector,
    waiting: Codes,
    propose: Callable[[Codes], Vector],
    chance: Callable[[Codes, Vector], Vector],
    rng: np.random.Generator,
) -> Codes:
    """Fill in the first accepted proposal of each waiting place; return the places of which none was accepted."""
    n_tried = 0
    while len(waiting) and n_tried < MOST_PROPOSALS:
        n_each = int(np.clip(ROWS_AT_ONCE // len(waiting), 1, MOST_AT_ONCE))
        places = np.repeat(waiting, n_each)
        proposed = propose(places)
        taken = (np.log(rng.random(len(places))) < chance(places, proposed)).reshape(len(waiting), n_each)
        first, is_taken = taken.argmax(axis=1), taken.any(axis=1)
        drawn[waiting[is_taken]] = proposed.reshape(taken.shape)[np.arange(len(waiting)), first][is_taken]
        waiting, n_tried = waiting[~is_taken], n_tried + n_each
    return waiting


def _with(completed: Completed, rows: Codes, name: str, values: Vector) -> Completed:
    tried = completed.at(rows)
    tried.held[name] = values
    return tried


def _walk(height: Callable[[Vector], Vector], values: Vector, deviation: float, rng: np.random.Generator) -> Vector:
    """Take Metropolis steps from the values of the iteration before, which leave their distribution as it is."""
    current = height(values)
    for width in STEPS:
        proposed = values + width * deviation * rng.standard_normal(len(values))
        reached = height(proposed)
        is_taken = np.log(rng.random(len(values))) < reached - current
        values, current = np.where(is_taken, proposed, values), np.where(is_taken, reached, current)
    return values
