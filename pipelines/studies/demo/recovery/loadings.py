"""Standardised loadings of one factor a scale, from ordered answers, with errors clustered by organisation.

Attentive respondents only, as for coefficients. A factor of one scale takes up what all its items share: the latent
value, and what all answers of a person have in common.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from models.measurement.confirmatory.analysis import analyse, measured, parameter_table
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.model import FactorModel, Setting
from pipelines.studies.demo.forms_asked import shown_forms
from pipelines.studies.demo.measuring import measured_items
from pipelines.studies.demo.parameters import Measurement
from pipelines.studies.demo.recovery.figures import Figure
from pipelines.studies.demo.recovery.scored import Wave, items_of
from pipelines.studies.demo.values import PHASES, PRINCIPLES

PART = "loadings"
SCALES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "FRL": (
            *PRINCIPLES,
            *PHASES,
            "forwarding_observed",
            "vertical_integration",
            "horizontal_integration",
            "npm_culture",
            "psychological_safety",
            "wicked_issue",
            "green_marker",
            "staff_experience",
        ),
        "TOP": ("enabler_identity", "identity_tension", "forwarding", "inhibiting"),
        "CIT": ("citizen_influence",),
    }
)
"""Respondent group → scales of first order, or of one latent value, with three items or more."""


def loadings(wave: Wave) -> Iterator[Figure]:
    """Yield the loading of every item of ``SCALES``."""
    for group, scales in SCALES.items():
        codes = wave.codes(group, attentive=True)
        clusters = wave.forms[group].persons.loc[codes.index, "organisation"]
        for scale in scales:
            items = items_of(codes, scale)
            names = tuple(str(name) for name in items.columns)
            grouped = grouped_answers(items, names, is_complete=True, clusters=clusters)
            model = FactorModel({scale: names})
            found = parameter_table(analyse(model, measured(grouped, "wlsmv"), Setting(scaling="unit_variance")))
            for row in found[found["kind"] == "loading"].to_dict("records"):
                name = parameter_name(group, str(row["right"]))
                yield Figure.with_error(PART, name, float(row["estimate"]), float(row["std_error"]))


def parameter_name(group: str, item: str) -> str:
    """Name a loading."""
    return f"{group} {item}"


def planted_loadings(wave: Wave, measurement: Measurement) -> dict[str, float]:
    """Return what each item's answers owe to its latent value alone, by the names of the figures."""
    return {
        parameter_name(group, each.name): (
            measurement.reverse_loading
            if each.is_reverse
            else measurement.loadings[each.place % len(measurement.loadings)]
        )
        for group in SCALES
        for each in measured_items(shown_forms().of_whole(group), wave.population.groups[group].latent, measurement)
    }
