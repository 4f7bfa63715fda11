"""Alpha and ICC(1) of scales in the first wave, by the pipeline's own estimators."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np

from models.measurement.agreement import intraclass_correlations
from models.measurement.reliability import cronbach_alpha
from pipelines.studies.demo.recovery.figures import Figure
from pipelines.studies.demo.recovery.scored import FirstWave, items_of

RELIABILITY, AGREEMENT = "reliability", "agreement"
STATED: Mapping[tuple[str, str], tuple[float, float]] = MappingProxyType(
    {
        ("FRL", "collective_leadership_intensity"): (0.91, 0.09),
        ("FRL", "coproduction_intensity"): (0.91, 0.08),
        ("FRL", "forwarding_observed"): (0.85, 0.17),
        ("FRL", "vertical_between_levels"): (0.65, 0.09),
        ("FRL", "horizontal_across_departments"): (0.65, 0.10),
        ("FRL", "npm_culture"): (0.83, 0.14),
        ("FRL", "psychological_safety"): (0.65, np.nan),
        ("FRL", "wicked_issue"): (0.83, np.nan),
        ("FRL", "green_marker"): (0.80, np.nan),
        ("FRL", "staff_experience"): (0.64, 0.07),
        ("FRL", "vertical_integration"): (np.nan, np.nan),
        ("FRL", "horizontal_integration"): (np.nan, np.nan),
        ("TOP", "enabler_identity"): (np.nan, np.nan),
        ("TOP", "identity_tension"): (np.nan, np.nan),
        ("TOP", "forwarding"): (np.nan, np.nan),
        ("TOP", "inhibiting"): (np.nan, np.nan),
        ("CIT", "citizen_influence"): (np.nan, 0.10),
    }
)
"""Respondent group and scale → alpha and ICC(1) that the specification states; NaN where it states none."""
BY_ORGANISATION = ("FRL", "CIT")


def quality(wave: FirstWave) -> Iterator[Figure]:
    """Yield alpha of every scale, and ICC(1) where many people of an organisation answer; the careless included."""
    for group in dict.fromkeys(group for group, _ in STATED):
        codes = wave.codes(group, attentive=False)
        organisation = wave.forms[group].persons.loc[codes.index, "organisation"]
        for scale in (each for of, each in STATED if of == group):
            items = items_of(codes, scale)
            alpha = cronbach_alpha(items)
            yield Figure(
                RELIABILITY, f"{group} {scale}", alpha.estimate, conf_low=alpha.conf_low, conf_high=alpha.conf_high
            )
            if group in BY_ORGANISATION:
                values = items.astype("Float64").mean(axis=1).astype(float)
                known = values.notna()
                icc, _ = intraclass_correlations(values[known], organisation[known])
                yield Figure(AGREEMENT, f"{group} {scale}", icc)
