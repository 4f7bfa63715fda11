"""Points of scores → units of the latent values that they measure, and how far scores err.

Learned once from a large population in which everybody responds: no answers of a replication are behind it. With it
estimates from scores stand beside planted numbers, which are of latent values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.studies.demo.draws import Values
from pipelines.studies.demo.recovery.scored import Wave, joined
from pipelines.studies.demo.values import COPRODUCTION, FORWARDING, IDENTITY, LEADERSHIP

SAFETY, WICKEDNESS = "psychological_safety", "wicked_issue"
STATES: Mapping[str, str] = {
    "vertical": "vertical_integration",
    "horizontal": "horizontal_integration",
    "npm": "npm_culture",
    "observed_forwarding": "forwarding_observed",
    "experience": "staff_experience",
    "leadership": LEADERSHIP,
    "coproduction": COPRODUCTION,
}
"""Value of an organisation → the scale in which its frontline staff report it."""
REPORTS = ("vertical", "horizontal", "npm", "observed_forwarding", "experience")
"""Values of organisations on which a person's report has a weight of its own."""
CODED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("E1", "TOP"): (FORWARDING, "true_forwarding"),
    ("E1", "MID"): (FORWARDING, FORWARDING),
    ("D1", "TOP"): (IDENTITY, IDENTITY),
    ("D1", "MID"): (IDENTITY, IDENTITY),
    ("E5", "FRL"): (COPRODUCTION, COPRODUCTION),
}
"""Code and group → the scale that measures what the code depends on, and the latent value."""


@dataclass(frozen=True)
class Unit:
    """A score as a measure of a latent value.

    Attributes:
        origin: Score where the latent value is nought.
        points: Points of the score a unit of it: their covariance by its variance.
        regressed: Units of it a point of the score: their covariance by the score's variance.
        mean_score: Mean of the score.
        mean_value: Mean of the latent value.
    """

    origin: float
    points: float
    regressed: float
    mean_score: float
    mean_value: float

    @classmethod
    def between(cls, scores: Values, values: Values) -> "Unit":
        """Learn it from scores and latent values of the same persons."""
        covariance = np.cov(scores, values)
        points = covariance[0, 1] / covariance[1, 1]
        means = float(scores.mean()), float(values.mean())
        return cls(
            means[0] - points * means[1], float(points), float(covariance[0, 1] / covariance[0, 0]), means[0], means[1]
        )

    def in_units(self, scores: pd.Series) -> pd.Series:
        """Return what each score says, errors included."""
        return (scores - self.origin) / self.points

    def expected(self, scores: pd.Series) -> pd.Series:
        """Return the expectation of the latent value given each score."""
        return self.mean_value + self.regressed * (scores - self.mean_score)


@dataclass(frozen=True)
class Units:
    """Units of all scores that estimates in latent units rest on.

    Attributes:
        of: Group, scale and latent value → unit; values of organisations are those of their persons.
        deviations: Standard deviation of the organisations' values, by name.
        manager_error: Error variance of one top manager's forwarding, in units.
        half_difference: Variance of half the difference of two top managers of an organisation, in units.
        staff_errors: Error covariances of what frontline staff say over the waves, in units; columns of ``followed``.
        first_errors: The same of leadership, wickedness and co-production in the first wave, by scale.
    """

    of: Mapping[tuple[str, str, str], Unit]
    deviations: Mapping[str, float]
    manager_error: float
    half_difference: float
    staff_errors: pd.DataFrame
    first_errors: pd.DataFrame


def learn_units(waves: Sequence[Wave]) -> Units:
    """Learn the units from a large population.

    Args:
        waves: Three waves of it.
    """
    first = waves[0]
    known: dict[tuple[str, str, str], Unit] = {}
    for state, scale in STATES.items():
        scores = _scores(first, "FRL", scale)
        of = joined(scores, first.of_organisations(state)).to_numpy()
        known["FRL", scale, state] = Unit.between(scores[scale].to_numpy(), of)
    own = [("FRL", STATES[name], STATES[name]) for name in (*REPORTS, "leadership", "coproduction")]
    own += [("FRL", SAFETY, SAFETY), ("FRL", WICKEDNESS, WICKEDNESS), ("CIT", "citizen_influence", "citizen_influence")]
    own += [(group, *pair) for (_, group), pair in CODED.items()]
    for group, scale, value in dict.fromkeys(own):
        scores = _scores(first, group, scale)
        known[group, scale, value] = Unit.between(scores[scale].to_numpy(), latent_of(first, group, value, scores))
    managers = _scores(first, "TOP", FORWARDING)
    unit = known["TOP", FORWARDING, "true_forwarding"]
    errors = unit.in_units(managers[FORWARDING]) - latent_of(first, "TOP", "true_forwarding", managers)
    invited = first.population.groups["TOP"]
    true = pd.Series(invited.latent.of("true_forwarding", 0)).groupby(invited.persons["organisation"].to_numpy())
    scaled = first.of_organisations("coproduction_scaled"), _scores(first, "FRL", COPRODUCTION)
    of = joined(scaled[1], scaled[0]).to_numpy()
    known["FRL", COPRODUCTION, "coproduction_scaled"] = Unit.between(scaled[1][COPRODUCTION].to_numpy(), of)
    return Units(
        known,
        {name: float(np.std(values)) for name, values in first.population.organisations.items()},
        float(errors.var()),
        float(true.var(ddof=1).mean() / 2),
        _staff_errors(waves, known),
        _first_errors(first, known),
    )


def latent_of(wave: Wave, group: str, value: str, scores: pd.DataFrame, place: int = 0) -> Values:
    """Return the latent values of the persons of some scores, in the order of the scores."""
    rows = wave.forms[group].rows[scores.index.to_numpy()]
    return wave.population.groups[group].latent.of(value, place)[rows]


def followed(waves: Sequence[Wave], of: Mapping[tuple[str, str, str], Unit]) -> pd.DataFrame:
    """Return what frontline staff say over the waves, in units.

    Returns:
        One row an invited person who answered, index the place among the invited: leadership 1 to 3, coproduction 1 to
        3, safety (of the first wave), missing as NaN; and organisation.
    """
    columns: dict[str, pd.Series] = {}
    for number, wave in enumerate(waves, start=1):
        scales = {"leadership": LEADERSHIP, "coproduction": COPRODUCTION} | ({"safety": SAFETY} if number == 1 else {})
        scores = wave.scores("FRL", list(scales.values()))
        rows = wave.forms["FRL"].rows[scores.index.to_numpy()]
        for name, scale in scales.items():
            said = of["FRL", scale, scale].in_units(scores[scale]).set_axis(rows)
            columns[name if name == "safety" else f"{name} {number}"] = said
    found = pd.DataFrame(columns)
    persons = waves[0].population.groups["FRL"].persons
    return found.assign(organisation=persons["organisation"].to_numpy()[found.index.to_numpy()])


def _staff_errors(waves: Sequence[Wave], of: Mapping[tuple[str, str, str], Unit]) -> pd.DataFrame:
    said = followed(waves, of).drop(columns="organisation")
    latent, rows = waves[0].population.groups["FRL"].latent, said.index.to_numpy()
    true = {f"leadership {number}": latent.of(LEADERSHIP, number - 1)[rows] for number in (1, 2, 3)}
    true |= {f"coproduction {number}": latent.of(COPRODUCTION, number - 1)[rows] for number in (1, 2, 3)}
    return (said - pd.DataFrame({**true, "safety": latent.of(SAFETY, 0)[rows]}, index=said.index)).cov()


def _first_errors(wave: Wave, of: Mapping[tuple[str, str, str], Unit]) -> pd.DataFrame:
    scales = (LEADERSHIP, WICKEDNESS, COPRODUCTION)
    scores = wave.scores("FRL", list(scales)).dropna()
    errors = {
        scale: of["FRL", scale, scale].in_units(scores[scale]) - latent_of(wave, "FRL", scale, scores)
        for scale in scales
    }
    return pd.DataFrame(errors).cov()


def _scores(wave: Wave, group: str, scale: str) -> pd.DataFrame:
    return wave.scores(group, [scale]).dropna()
