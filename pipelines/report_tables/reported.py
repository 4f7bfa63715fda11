"""A fit as tables report it, whether it comes from the warehouse or from a release; and how it is to be printed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from models.sections.inference import PANEL
from models.spec import RegressionSpec
from pipelines.report_tables.terms import Place

PLAIN = ("OLS", "WLS")
"""Linear models in which no effects are taken out."""
LINEAR = (*PLAIN, "OLS_within", "WLS_within", *PANEL, "mixed", "gee_linear", "corrected_means")


@dataclass(frozen=True)
class Style:
    """How estimates are printed.

    Attributes:
        uncertainty: Under an estimate: its ``interval`` or standard ``error``.
        p_values: ``exact``, or ``stars``.
        decimals: Of estimates; None for as many as show the smallest standard error.
    """

    uncertainty: Literal["interval", "error"] = "interval"
    p_values: Literal["exact", "stars"] = "exact"
    decimals: int | None = None


@dataclass(frozen=True, eq=False)
class ReportedFit:
    """One fit.

    Attributes:
        fit_id: Its name.
        spec: The model as fitted, variant applied.
        variant: ``main`` for the model itself.
        is_declared: Whether the study declares it; false for a fit made by hand.
        label: ``confirmatory`` or ``exploratory``.
        estimator: Such as ``OLS``.
        covariance: Covariance of the estimates.
        n_obs: Responses; rounded to 5 in a release.
        n_clusters: Clusters, rounded likewise; None without clusters.
        df_resid: Responses minus coefficients; None in a release.
        r_squared: Share of variance explained; None where the outcome is categorical.
        is_released: Whether its figures are those of a release.
        estimates: One row a term, in order: term, estimate, std_error, p_value, conf_low, conf_high; df and statistic,
            which a release does not have.
        diagnostics: Diagnostic → value; none in a release.
        readings: Rows of ``out.readings``; none in a release.
        surface: Rows of ``out.surface``; none without a response surface, and none in a release.
        places: Term → where it stands.
        family: Family of tests, and how many are in it; empty and 0 where it is no declared test.
        n_in_family: Declared tests of the family.
        holm_p: Holm-adjusted p of the focal regressor; None where there is none.
        n_missed: Conditions on the measurement of its scores that are not met; None where none is asked.
        missed: These in words.
        has_no_inference: Whether some of its responses allow no inference to a population.
        withheld: Why the release rules would withhold it; empty where they would not.
        small_terms: Terms of categories with too few responses.
    """

    fit_id: str
    spec: RegressionSpec
    variant: str
    is_declared: bool
    label: str
    estimator: str
    covariance: str
    n_obs: int
    n_clusters: int | None
    df_resid: float | None
    r_squared: float | None
    is_released: bool
    estimates: pd.DataFrame
    places: Mapping[str, Place]
    readings: pd.DataFrame = field(default_factory=pd.DataFrame)
    surface: pd.DataFrame = field(default_factory=pd.DataFrame)
    diagnostics: Mapping[str, float] = field(default_factory=dict[str, float])
    family: str = ""
    n_in_family: int = 0
    holm_p: float | None = None
    n_missed: int | None = None
    missed: tuple[str, ...] = ()
    has_no_inference: bool = False
    withheld: str = ""
    small_terms: frozenset[str] = frozenset()

    @property
    def level(self) -> float:
        """Confidence level of its intervals."""
        return self.spec.confidence_level

    def reading(self, term: str, name: str) -> Mapping[str, object] | None:
        """Return the row of a reading of a term; None where there is none."""
        if self.readings.empty:
            return None
        own = self.readings[(self.readings["term"] == term) & (self.readings["reading"] == name)]
        return None if own.empty else {str(key): value for key, value in own.iloc[0].items()}

    def effects(self) -> pd.DataFrame:
        """Return the rows of the average effects, with ``on``: the value of a categorical outcome, else empty.

        They stand in the order of the model's terms, and of the values: numbers by size, names by the alphabet.
        """
        if self.readings.empty:
            return pd.DataFrame(columns=["term", "on", "value", "conf_low", "conf_high"])
        name, _, value = (self.readings["reading"].astype(str).str.partition(" on ")[place] for place in range(3))
        found = self.readings.assign(on=value)[name == "average_effect"]
        rank = {term: place for place, term in enumerate([*self.estimates["term"], *self.places])}
        keys = [(rank.get(term, len(rank)), _by_size(on)) for term, on in zip(found["term"], found["on"], strict=True)]
        return found.iloc[sorted(range(len(found)), key=keys.__getitem__)]

    def focal_terms(self) -> list[str]:
        """Return the terms of the focal regressor and of products with it, in order."""
        return [term for term in self.estimates["term"] if self.places[term].block == "focal"]


def _by_size(value: str) -> tuple[bool, float, str]:
    """Return what sorts numbers by size, before names by the alphabet."""
    is_number = value.lstrip("-").isdecimal()
    return not is_number, float(value) if is_number else 0.0, value
