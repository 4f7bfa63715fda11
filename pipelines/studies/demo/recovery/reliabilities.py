"""Reliability beside alpha with Feldt's interval: drawn organisations, omega, omega of ordered items.

The careless are included, as for alpha; alpha without them shows what they do. Omega of ordered items has no error of
its own in the pipeline: it is told that of omega, which the same answers give within a few thousandths of it.
"""

from collections.abc import Iterator

import numpy as np

from models.measurement.alpha_bootstrap import bootstrap_alpha
from models.measurement.omega import omega_total
from models.measurement.ordered_omega import ordered_reliability
from models.measurement.reliability import cronbach_alpha
from pipelines.studies.demo.recovery.figures import Figure
from pipelines.studies.demo.recovery.quality import STATED
from pipelines.studies.demo.recovery.scored import Wave, items_of

ALPHA, OMEGA, ORDERED = "alpha, organisations drawn", "omega", "omega of ordered items"
ATTENTIVE = "alpha, attentive only"
DRAWS = 1000


def reliabilities(wave: Wave, seed: int) -> Iterator[Figure]:
    """Yield four figures a scale.

    Args:
        wave: The first wave.
        seed: Of the organisations drawn.
    """
    for group, scale in STATED:
        yield _attentive(wave, group, scale)
        codes, name = wave.codes(group, attentive=False), f"{group} {scale}"
        items = items_of(codes, scale)
        is_complete = items.notna().all(axis=1)
        complete = items[is_complete]
        organisation = wave.forms[group].persons.loc[complete.index, "organisation"]
        answers = complete.to_numpy(dtype=np.float64)
        low, high = bootstrap_alpha(answers, seed, DRAWS, clusters=organisation)
        yield Figure(ALPHA, name, cronbach_alpha(complete).estimate, conf_low=low, conf_high=high)
        omega = omega_total(complete, clusters=organisation)
        yield Figure(OMEGA, name, omega.model_implied, omega.std_error, omega.conf_low, omega.conf_high)
        yield Figure(ORDERED, name, ordered_reliability(complete).omega_model, omega.std_error)


def _attentive(wave: Wave, group: str, scale: str) -> Figure:
    alpha = cronbach_alpha(items_of(wave.codes(group, attentive=True), scale))
    return Figure(ATTENTIVE, f"{group} {scale}", alpha.estimate, conf_low=alpha.conf_low, conf_high=alpha.conf_high)
