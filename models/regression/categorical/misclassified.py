"""Logit of an outcome that coders saw with errors: coefficients and error rates from one likelihood.

Several coders judge the same answers; how often they differ tells how often they err. Error rates are small, and
the likelihood alone puts one at nought in about one study of six, from which errors can tell nothing: half a response
is added to either side of both, which is Jeffreys' prior of a share.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.generalised import observed
from models.regression.categorical.maximise import Maximum, Objective, maximise, require_converged
from models.regression.identification import ModelDataError

FEWEST_TWICE = 50
FEWEST_DIFFERING = 5
HALF = 0.5
STARTS = ((0.9, 0.05), (0.75, 0.2), (0.97, 0.01))
"""Sensitivity and one minus specificity that the search begins with."""


@dataclass(frozen=True, eq=False)
class CodedRows:
    """Rows whose outcome coders judged.

    Attributes:
        matrix: n x k regressors.
        given: n, how many coders saw the outcome.
        coders: n, how many judged, 1 or more.
        weights: n.
    """

    matrix: Matrix
    given: Vector
    coders: Vector
    weights: Vector


@dataclass(frozen=True, eq=False)
class MisclassifiedFit:
    """A fitted logit with errors of coders.

    Attributes:
        point: k coefficients, then the log odds of the sensitivity and of one minus the specificity.
        log_likelihood: At the point, what is added left out.
        bread: (k + 2) x (k + 2) inverse of the observed information.
        scores: n x (k + 2) weighted derivatives of the rows' log-likelihoods.
        uncorrected: k coefficients of the logit of rows on which all coders agree.
        disagreement: What is maximised less that of the worst start that ended elsewhere; 0 where all ended here.
    """

    point: Vector
    log_likelihood: float
    bread: Matrix
    scores: Matrix
    uncorrected: Vector
    disagreement: float

    @property
    def sensitivity(self) -> float:
        """Chance that a coder sees an outcome that is there."""
        return float(_expit(self.point[-2]))

    @property
    def specificity(self) -> float:
        """Chance that a coder sees none where there is none."""
        return float(1 - _expit(self.point[-1]))


def fit_misclassified(rows: CodedRows, names: Sequence[str]) -> MisclassifiedFit:
    """Fit P(outcome) = logistic(x'b) where coders err, all alike and each by itself given the truth.

    Formula:
        log L = sum_i w_i log[p_i s^y_i (1 - s)^(m_i - y_i) + (1 - p_i) f^y_i (1 - f)^(m_i - y_i)], where y of m coders
        saw the outcome, s is their sensitivity and f one minus their specificity. The maximum is that of
        log L + log[s (1 - s) f (1 - f)] / 2, Newton's method from three starts; the highest top counts. Error rates
        that differ by regressor or by coder, or errors that coders share (texts that mislead all), are not corrected.

    Args:
        rows: The rows.
        names: Names of the k coefficients.

    Raises:
        ModelDataError: If too few rows were coded twice, coders hardly ever differ, no maximum is reached, or
            sensitivity and specificity add up to 1 or less.
        SeparationError: If regressors foretell what coders agree on.

    References:
        Hausman, Abrevaya and Scott-Morton (1998), Journal of Econometrics 87, 239-269; Dawid and Skene (1979), Applied
        Statistics 28, 20-28; Hui and Walter (1980), Biometrics 36, 167-171; Brown, Cai and DasGupta (2001),
        Statistical Science 16, 101-133 (Jeffreys' prior of a share).
    """
    _refuse_few(rows)
    agree = (rows.given == 0) | (rows.given == rows.coders)
    agreed = observed(rows.matrix[agree], (rows.given[agree] > 0).astype(float), rows.weights[agree])
    uncorrected = fit_binary(agreed, names, "logit").coefficients
    objective = misclassified_objective(rows)
    starts = [np.r_[uncorrected, [_logit(each) for each in start]] for start in STARTS]
    tops = [maximise(objective, start) for start in starts]
    best = max(tops, key=lambda top: (top.has_converged, top.value))
    require_converged(best, "logit corrected for coders' errors")
    _refuse_guesses(best)
    ended = [top.value for top in tops if top.has_converged]
    logs, scores, _ = _derivatives(rows, best.point)
    return MisclassifiedFit(
        point=best.point,
        log_likelihood=float(rows.weights @ logs),
        bread=best.inverse_information,
        scores=scores * rows.weights[:, None],
        uncorrected=uncorrected,
        disagreement=best.value - min(ended),
    )


def misclassified_objective(rows: CodedRows) -> Objective:
    """Return what is maximised, of coefficients and log odds of s and f, its gradient and observed information."""

    def objective(point: Vector) -> tuple[float, Vector, Matrix]:
        logs, scores, posterior = _derivatives(rows, point)
        chance, sees, errs = _expit(rows.matrix @ point[:-2]), _expit(point[-2]), _expit(point[-1])
        beyond, beside = rows.given - rows.coders * sees, rows.given - rows.coders * errs
        spread = posterior * (1 - posterior)
        leaning = np.column_stack([rows.matrix, beyond, -beside])
        information = -(leaning * (rows.weights * spread)[:, None]).T @ leaning
        k = rows.matrix.shape[1]
        information[:k, :k] += (rows.matrix * (rows.weights * chance * (1 - chance))[:, None]).T @ rows.matrix
        information[k, k] += sees * (1 - sees) * (rows.weights * posterior) @ rows.coders
        information[k + 1, k + 1] += errs * (1 - errs) * (rows.weights * (1 - posterior)) @ rows.coders
        rates = _expit(point[-2:])
        information[[k, k + 1], [k, k + 1]] += 2 * HALF * rates * (1 - rates)
        gradient = rows.weights @ scores
        gradient[-2:] += HALF * (1 - 2 * rates)
        added = -HALF * (np.logaddexp(0, point[-2:]) + np.logaddexp(0, -point[-2:])).sum()
        return float(rows.weights @ logs + added), gradient, information

    return objective


def _derivatives(rows: CodedRows, point: Vector) -> tuple[Vector, Matrix, Vector]:
    """Return of each row log-likelihood, derivatives, and the chance that the outcome is there given what was seen."""
    reach, (sees, errs) = rows.matrix @ point[:-2], point[-2:]
    seen, unseen = rows.given, rows.coders - rows.given
    there = -np.logaddexp(0, -reach) - seen * np.logaddexp(0, -sees) - unseen * np.logaddexp(0, sees)
    absent = -np.logaddexp(0, reach) - seen * np.logaddexp(0, -errs) - unseen * np.logaddexp(0, errs)
    logs = np.logaddexp(there, absent)
    posterior = np.exp(there - logs)
    beyond, beside = seen - rows.coders * _expit(sees), seen - rows.coders * _expit(errs)
    scores = np.column_stack(
        [rows.matrix * (posterior - _expit(reach))[:, None], posterior * beyond, (1 - posterior) * beside]
    )
    return logs, scores, posterior


def _refuse_few(rows: CodedRows) -> None:
    twice = int((rows.coders > 1).sum())
    if twice < FEWEST_TWICE:
        raise ModelDataError(
            f"{twice} responses were judged by two coders or more; expected at least {FEWEST_TWICE}, from which alone "
            "their errors can be told; let a second coder judge more answers, or use estimator logit"
        )
    differing = int(((rows.given > 0) & (rows.given < rows.coders)).sum())
    if differing < FEWEST_DIFFERING:
        raise ModelDataError(
            f"coders differ on {differing} of {twice} responses that two or more judged; expected at least "
            f"{FEWEST_DIFFERING}, as error rates of nought cannot be estimated; use estimator logit, which needs no "
            "correction here"
        )


def _refuse_guesses(top: Maximum) -> None:
    sees, errs = (float(_expit(each)) for each in top.point[-2:])
    if sees <= errs:
        raise ModelDataError(
            f"coders see the outcome in {sees:.0%} of the responses that have it and in {errs:.0%} of those that do "
            "not: sensitivity and specificity add up to 1 or less, so that their judgement says nothing; train the "
            "coders, or merge codes"
        )


def _expit(values: Vector | float) -> Vector:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(values, dtype=float))))


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))
