"""Rows of organisations whose columns err → slopes and variances corrected for it, errors by the jackknife.

Means of what frontline staff and citizens say err by how few of them answered; their errors, and what errors of two
means share, follow from how the answers differ within organisations. Top managers are two of an organisation, and
its value is the mean of both: where one answered, half their difference is missing, and what they say errs as planted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.corrected.estimate import refuse_without_variation
from models.regression.corrected.moments import Erring, Moments, Shared, Spread, corrected_moments
from models.regression.corrected.solved import (
    Solved,
    jackknife_covariance,
    solve_corrected,
)
from models.regression.design import INTERCEPT
from pipelines.studies.demo.recovery.scored import Wave
from pipelines.studies.demo.recovery.units import STATES, Units
from pipelines.studies.demo.values import COPRODUCTION, FORWARDING

TOP_FORWARDING, SCALED, CITIZENS = "top_forwarding", "coproduction_scaled", "citizen_influence"
KNOWN = ("programme", "host_public")
MOST_LEFT_OUT = 200
Pair = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Organisations:
    """Organisations of a study as those who answered tell of them, in units of latent values.

    Attributes:
        told: One row an organisation, NaN where nobody answered.
        errors: Two columns → factor of each organisation; see ``models.regression.corrected.moments.Shared``.
        spreads: Two columns → what each organisation adds to their pooled covariance.
    """

    told: pd.DataFrame
    errors: Mapping[Pair, Vector]
    spreads: Mapping[Pair, Spread]

    def used(self, names: Sequence[str]) -> "Organisations":
        """Return the organisations of which all of some columns are known."""
        is_used = self.told[list(names)].notna().all(axis=1).to_numpy(dtype=bool)
        return Organisations(
            self.told[is_used],
            {pair: each[is_used] for pair, each in self.errors.items()},
            {pair: Spread(each.products[is_used], each.freedom[is_used]) for pair, each in self.spreads.items()},
        )

    @property
    def blocks(self) -> NDArray[np.intp]:
        """Which organisations the jackknife leaves out together: each alone, of very many several."""
        number = len(self.told)
        return np.arange(number) % min(number, MOST_LEFT_OUT)

    def spread(self, pair: Pair) -> Spread:
        """Return what each block adds to a pooled covariance."""
        own, blocks = self.spreads[pair], self.blocks
        return Spread(*(np.asarray(np.bincount(blocks, each), dtype=float) for each in (own.products, own.freedom)))

    def moments(self, causes: Sequence[str], outcome: str) -> Moments:
        """Return moments of intercept, causes and outcome, of all organisations that have them and without each."""
        names = list(dict.fromkeys((*causes, outcome)))
        used, place = self.used(names), {name: at for at, name in enumerate(names)}
        pairs = [pair for pair in used.errors if set(pair) <= set(names)]
        shared = {
            _ordered(place[one], place[other]): Shared(number, used.errors[one, other])
            for number, (one, other) in enumerate(pairs)
        }
        terms = ((), *((place[each],) for each in (*causes, outcome)))
        spreads = tuple(used.spread(pair) for pair in pairs)
        columns = used.told[names].to_numpy(dtype=float)
        return corrected_moments(Erring(columns, terms, shared, spreads, used.blocks, np.ones(len(columns))))

    def slopes(self, causes: Sequence[str], outcome: str) -> pd.DataFrame:
        """Estimate a regression without products.

        Returns:
            One row a cause (index): estimate, std_error, conf_low, conf_high as corrected means have them in models; t
            on organisations less coefficients.

        Raises:
            ModelDataError: If corrected columns have no variation of their own.
        """
        moments = self.moments(causes, outcome)
        refuse_without_variation(moments, (INTERCEPT, *causes), [each for each in causes if each not in KNOWN])
        solved = solve_corrected(moments.plain, moments.corrected, degrees_of_freedom(moments.plain))
        return slopes_of(solved, causes)

    def covariances(self, one: str, other: str) -> Vector:
        """Return the covariance of two columns, of all organisations and without each, 1 + G."""
        moments = self.moments([one], other).corrected
        number = moments[:, 0, 0]
        return (moments[:, 1, 2] - moments[:, 0, 1] * moments[:, 0, 2] / number) / (number - 1)


def organisations_of(wave: Wave, units: Units) -> Organisations:
    """Tell of the organisations what their top managers, frontline staff and citizens say in the first wave."""
    scales = list(dict.fromkeys(STATES.values()))
    scores = wave.scores("FRL", scales).dropna()
    said = pd.DataFrame({name: units.of["FRL", scale, name].in_units(scores[scale]) for name, scale in STATES.items()})
    said[SCALED] = units.of["FRL", COPRODUCTION, SCALED].in_units(scores[COPRODUCTION])
    staff = means_of(said, scores["organisation"], len(wave.population.places))
    felt = wave.scores("CIT", [CITIZENS]).dropna()
    influence = units.of["CIT", CITIZENS, CITIZENS].in_units(felt[CITIZENS])
    citizens = means_of(influence.to_frame(), felt["organisation"], len(staff.told))
    values, error = _of_managers(wave, units, len(staff.told))
    known = {name: wave.population.organisations[name] for name in KNOWN}
    pair = (TOP_FORWARDING, TOP_FORWARDING)
    certain = Spread(np.ones(len(values)), np.ones(len(values)))
    return Organisations(
        pd.concat([staff.told, citizens.told], axis=1).assign(**{TOP_FORWARDING: values}, **known),
        {**staff.errors, **citizens.errors, pair: error},
        {**staff.spreads, **citizens.spreads, pair: certain},
    )


def means_of(said: pd.DataFrame, organisation: pd.Series, number: int) -> Organisations:
    """Average what persons say.

    Args:
        said: One row a person, complete.
        organisation: Of each, from 0.
        number: Organisations.
    """
    codes: NDArray[np.intp] = organisation.to_numpy(dtype=np.intp)
    counts = np.bincount(codes, minlength=number).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = {
            str(name): np.bincount(codes, said[name].to_numpy(dtype=float), number) / counts for name in said.columns
        }
        share = 1 / counts
    apart = {name: said[name].to_numpy(dtype=float) - of[codes] for name, of in means.items()}
    freedom = np.maximum(counts - 1, 0)
    pairs = list(combinations_with_replacement(means, 2))
    spreads = {
        (one, other): Spread(np.bincount(codes, apart[one] * apart[other], number).astype(float), freedom)
        for one, other in pairs
    }
    return Organisations(pd.DataFrame(means), dict.fromkeys(pairs, share), spreads)


def degrees_of_freedom(moments: NDArray[np.float64]) -> float:
    """Return clusters less coefficients of moments of all clusters, then without each."""
    return float(len(moments) - moments.shape[1])


def slopes_of(solved: Solved, causes: Sequence[str]) -> pd.DataFrame:
    """Return slopes with jackknife errors and intervals of Fieller, one row a cause (index); the intercept left out."""
    return solved.estimates((INTERCEPT, *causes), 0.95).set_index("term").drop(index=INTERCEPT)


def jackknifed(values: Matrix) -> Vector:
    """Return the jackknife standard errors of k figures, given of all organisations and without each."""
    return np.sqrt(np.diag(jackknife_covariance(values)))


def _of_managers(wave: Wave, units: Units, number: int) -> tuple[Vector, Vector]:
    """Return mean forwarding of the top managers who answered, and its error variance."""
    scores = wave.scores("TOP", [FORWARDING]).dropna()
    said = units.of["TOP", FORWARDING, "true_forwarding"].in_units(scores[FORWARDING])
    codes = scores["organisation"].to_numpy(dtype=np.intp)
    answered = np.bincount(codes, minlength=number).astype(float)
    invited = np.bincount(wave.population.groups["TOP"].persons["organisation"], minlength=number)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.bincount(codes, said.to_numpy(dtype=float), number) / answered
        error = units.manager_error / answered + np.where(answered < invited, units.half_difference, 0.0)
    return means, error


def _ordered(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one <= other else (other, one)
