"""Alpha, ICC(1) and means of scales in the first wave, by the pipeline's own estimators."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from instruments.scoring import score_scale
from models.measurement.aggregation.intraclass import intraclass_correlation, variance_table
from models.measurement.means import scale_mean
from models.measurement.reliability import cronbach_alpha
from pipelines.studies.demo.recovery.figures import Figure
from pipelines.studies.demo.recovery.scored import Wave, instrument_of, items_of

RELIABILITY, AGREEMENT, MEANS = "reliability", "agreement", "means"
STATED: Mapping[tuple[str, str], tuple[float, float, float]] = MappingProxyType(
    {
        ("FRL", "collective_leadership_intensity"): (0.91, 0.09, 2.91),
        ("FRL", "coproduction_intensity"): (0.91, 0.08, 2.79),
        ("FRL", "forwarding_observed"): (0.85, 0.17, 2.86),
        ("FRL", "vertical_between_levels"): (0.65, 0.09, 3.10),
        ("FRL", "horizontal_across_departments"): (0.65, 0.10, 3.10),
        ("FRL", "npm_culture"): (0.83, 0.14, 3.30),
        ("FRL", "psychological_safety"): (0.65, np.nan, 3.10),
        ("FRL", "wicked_issue"): (0.83, np.nan, 3.30),
        ("FRL", "green_marker"): (0.80, np.nan, 3.30),
        ("FRL", "staff_experience"): (0.64, 0.07, 3.08),
        ("FRL", "vertical_integration"): (np.nan, np.nan, np.nan),
        ("FRL", "horizontal_integration"): (np.nan, np.nan, np.nan),
        ("TOP", "enabler_identity"): (np.nan, np.nan, np.nan),
        ("TOP", "identity_tension"): (np.nan, np.nan, np.nan),
        ("TOP", "forwarding"): (np.nan, np.nan, np.nan),
        ("TOP", "inhibiting"): (np.nan, np.nan, np.nan),
        ("CIT", "citizen_influence"): (np.nan, 0.10, np.nan),
    }
)
"""Respondent group and scale → alpha, ICC(1) and mean that the specification states; NaN where it states none."""
BY_ORGANISATION = ("FRL", "CIT")


def quality(wave: Wave) -> Iterator[Figure]:
    """Yield alpha and mean of every scale, ICC(1) where many of an organisation answer; the careless included."""
    for group in dict.fromkeys(group for group, _ in STATED):
        codes = wave.codes(group, attentive=False)
        organisation = wave.forms[group].persons.loc[codes.index, "organisation"]
        for scale in (each for of, each in STATED if of == group):
            items = items_of(codes, scale)
            alpha = cronbach_alpha(items)
            yield Figure(
                RELIABILITY, f"{group} {scale}", alpha.estimate, conf_low=alpha.conf_low, conf_high=alpha.conf_high
            )
            values = score_scale(codes, instrument_of(scale), scale).astype(float)
            known = values.notna()
            mean = scale_mean(values, organisation)
            yield Figure(MEANS, f"{group} {scale}", mean.mean, conf_low=mean.conf_low, conf_high=mean.conf_high)
            if group in BY_ORGANISATION:
                table = variance_table(values[known].to_numpy(), pd.factorize(organisation[known])[0])
                shared = intraclass_correlation(table)
                ends = shared.icc_1_low, shared.icc_1_high
                yield Figure(AGREEMENT, f"{group} {scale}", shared.icc_1, conf_low=ends[0], conf_high=ends[1])
