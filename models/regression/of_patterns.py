"""A logit or probit of many responses, with average effects and predictions from counted patterns.

A pattern's responses have the same regressors, so that averages over responses are averages over patterns weighted by
how many responses each stands for. Put here what is told; not how the model is fitted (``in_database.counted_binary``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Fit, Shapes, Vector
from models.one_thread import on_one_thread
from models.regression.categorical.confounding import e_value_readings
from models.regression.categorical.effects import Changes
from models.regression.categorical.estimated import Estimated
from models.regression.categorical.intervals import Drawing, Shown, show
from models.regression.design import Design, uses_of
from models.regression.diagnostics import judged, of_clusters
from models.regression.fit_task import FitTask, StoredResponses
from models.regression.focal_columns import focal_terms, followed_terms
from models.regression.in_database.observed_values import ObservedInDatabase
from models.regression.in_database.planner import choose_engine, fit_in_database
from models.regression.in_database.responses import Responses, look_at_responses
from models.regression.in_database.result import CountedBinary, TableFit
from models.regression.inference import Uncertainty
from models.regression.joint_tests import joint_tests, regressor_groups
from models.regression.moderation.combinations import Coefficients
from models.regression.moderation.fitted import FittedDesign
from models.regression.moderation.of_fit import products_not_covered, shapes_of
from models.regression.profile import Profile, profile_of
from models.regression.reading.of_coefficients import COLUMNS
from models.spec import RegressionSpec

NOT_TOLD = "Left out: bootstrap intervals, which fit again to drawn responses."


def fit_binary_outcome(task: FitTask, spec: RegressionSpec, stored: StoredResponses) -> Fit | None:
    """Fit a logit or probit of responses in a database and tell what ``estimate_categorical`` tells without draws.

    Args:
        task: What is asked.
        spec: The model, variant applied; one that an engine computes.
        stored: Its responses.

    Returns:
        As ``models.regression.large.fit_stored``; None where patterns are too many to be counted.

    Raises:
        ModelDataError: If the data cannot carry the model, or regressors foretell the outcome.
    """
    kinds = (spec.covariance_used(),)
    responses = look_at_responses(spec, stored.connection, stored.relation)
    if choose_engine(responses, kinds)[0] != "counted_patterns":
        return None
    found = fit_in_database(spec, stored.connection, stored.relation, task.labels, kinds, task.fewest_beyond)
    if found.counted is None:
        return None
    with on_one_thread():
        return _Told(task, spec, stored, responses, found, found.counted).fit()


@dataclass(frozen=True, eq=False)
class _Told:
    """A fit and the patterns that it is told of."""

    task: FitTask
    spec: RegressionSpec
    stored: StoredResponses
    responses: Responses
    found: TableFit
    counted: CountedBinary

    @property
    def counts(self) -> Vector:
        return self.counted.design.patterns.counts

    @property
    def weights(self) -> Vector:
        return self.counts * self.counted.design.weights

    @property
    def sure(self) -> Uncertainty:
        return self.found.uncertainties[self.spec.covariance_used()]

    @cached_property
    def profile(self) -> Profile:
        return profile_of(uses_of(self.spec), self.design.rows, self.counts)

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        return regressor_groups(self.spec, self.design.rows, self.profile, self.task.labels, self.found.terms)

    @cached_property
    def design(self) -> Design:
        """The patterns as a design of rows, whose outcome nobody looks at."""
        patterns, spec, labels = self.counted.design.patterns, self.spec, self.task.labels
        profile = profile_of(uses_of(spec), patterns.rows, self.counts)
        return Design(
            outcome=pd.Series(dtype=float),
            matrix=self.counted.design.matrix,
            clusters=pd.DataFrame(index=patterns.rows.index),
            weights=None,
            profile=profile,
            focal=focal_terms(spec, patterns.rows, labels, profile),
            rows=patterns.rows,
            n_in_population=self.stored.n_in_population,
            data=patterns.rows,
        )

    def fit(self) -> Fit:
        spec, found, sure = self.spec, self.found, self.sure
        used = spec.covariance_used()
        estimates = found.estimates(used, spec.confidence_level)
        shown, shapes, uncovered = self._shown(), *self._shapes()
        ends = np.array([self.counted.noughts.sum(), self.counted.ones.sum()])
        confounding = e_value_readings(spec.estimator, estimates, self.design.focal, np.array([0.0, 1.0]), ends)
        readings = [shown.readings, *(each for each in (confounding, uncovered) if len(each))]
        places = {term: (place,) for place, term in enumerate(found.terms)}
        return Fit(
            model=spec.name,
            variant=self.task.variant,
            estimator=spec.estimator,
            covariance=used,
            outcome=spec.outcome,
            n_obs=found.n_obs,
            n_clusters=sure.n_clusters,
            df_resid=found.df_resid,
            r_squared=np.nan,
            estimates=estimates,
            diagnostics=self._diagnostics(shown),
            readings=pd.concat(readings, ignore_index=True),
            shapes=shapes,
            predictions=shown.predictions,
            joint_tests=joint_tests(self.groups, places, found.coefficients, sure),
            data=self.design.rows.iloc[:0],
            engine=found.engine,
            engine_reason=f"{found.reason} {NOT_TOLD}",
        )

    def _shown(self) -> Shown:
        found, counted = self.found, self.counted
        estimated = Estimated(
            terms=found.terms,
            coefficients=found.coefficients,
            uncertainty=self.sure,
            places={term: (place,) for place, term in enumerate(found.terms)},
            categories=("",),
            model=counted.fit,
            refitted=_never_drawn,
        )
        changes = Changes(self.spec, self.design, self.task.labels, self.weights, self.counts)
        how = Drawing(np.arange(len(self.counts)), 0, np.random.default_rng(self.task.seed))
        effects, predictions = list(changes.average_effects()), list(changes.predictions())
        return show(estimated, effects, predictions, self.weights, self.spec.confidence_level, how)

    def _shapes(self) -> tuple[Shapes, pd.DataFrame]:
        found, sure = self.found, self.sure
        means = self.counts @ self.counted.design.matrix.to_numpy() / self.counts.sum()
        fitted = FittedDesign(
            self.spec,
            ObservedInDatabase(self.responses, found.n_obs),
            self.profile,
            followed_terms(self.spec, self.design.rows.head(1), self.task.labels, self.profile),
            dict(zip(found.terms, means.tolist(), strict=True)),
            self.task.labels,
            found.terms,
            Coefficients(found.coefficients, sure.covariance, float(sure.df.min()), sure.corrected),
        )
        return shapes_of(fitted), pd.DataFrame(products_not_covered(fitted), columns=list(COLUMNS))

    def _diagnostics(self, shown: Shown) -> pd.DataFrame:
        """Return the diagnostics of ``estimate_categorical`` and ``diagnose_categorical``."""
        counted, patterns = self.counted, self.counted.design.patterns
        ones, noughts = float(counted.ones.sum()), float(counted.noughts.sum())
        alone = ones * np.log(ones / (ones + noughts)) + noughts * np.log(noughts / (ones + noughts))
        n_ones = float(np.rint(self.counts * (patterns.means + patterns.grid.centre)).sum())
        least = min(n_ones, patterns.n_obs - n_ones)
        values = {
            "mcfadden_r2": 1 - counted.fit.log_likelihood / alone,
            "least_outcome_n": least,
            "responses_per_coefficient": least / (len(self.found.terms) - 1),
            **shown.diagnostics,
            "n_parameters": float(len(self.found.terms)),
            **self._least_category(),
            **of_clusters(self.sure),
            "share_of_responses_used": patterns.n_obs / self.stored.n_in_population,
        }
        return judged(values)

    def _least_category(self) -> dict[str, float]:
        matrix = self.counted.design.matrix.to_numpy()[:, 1:]
        indicators = matrix[:, ((matrix == 0) | (matrix == 1)).all(axis=0)]
        if not indicators.shape[1]:
            return {}
        ones = self.counts @ indicators
        return {"least_category_n": float(np.minimum(ones, self.counts.sum() - ones).min())}


def _never_drawn(times: NDArray[np.intp]) -> NoReturn:
    raise AssertionError(f"{len(times)} patterns are not drawn")
