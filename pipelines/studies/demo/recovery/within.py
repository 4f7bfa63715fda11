"""The product of a person's own leadership and wickedness on co-production, errors of scores taken as planted."""

import numpy as np
import pandas as pd

from models.regression.corrected.moments import Erring, Shared, Spread, corrected_moments
from models.regression.corrected.solved import solve_moments
from pipelines.studies.demo.recovery.erring import degrees_of_freedom, slopes_of
from pipelines.studies.demo.recovery.figures import Figure
from pipelines.studies.demo.recovery.scored import Wave, group_means
from pipelines.studies.demo.recovery.units import WICKEDNESS, Units
from pipelines.studies.demo.values import COPRODUCTION, LEADERSHIP

PART = "dynamics"
PRODUCT = "co-production ~ own leadership x wickedness"
CAUSES = ("own leadership", "wickedness", "own leadership x wickedness")
SCALES = (LEADERSHIP, WICKEDNESS, COPRODUCTION)


def product_figure(wave: Wave, units: Units) -> Figure:
    """Return the slope of the product in the first wave, with jackknife errors over organisations.

    Leadership and co-production are deviations from the mean of those of the organisation who answered.

    Args:
        wave: The first wave.
        units: Of the scores.
    """
    scores = wave.scores("FRL", list(SCALES)).dropna()
    said = pd.DataFrame({scale: units.of["FRL", scale, scale].in_units(scores[scale]) for scale in SCALES})
    said["organisation"] = scores["organisation"]
    for scale in (LEADERSHIP, COPRODUCTION):
        said[scale] -= group_means(said, scale)
    clusters = pd.factorize(said["organisation"])[0]
    size = np.bincount(clusters)[clusters]
    number = int(clusters.max()) + 1
    # A person's own error, less what it adds to the mean from which the person deviates
    own = 1 - 1 / size
    errors = units.first_errors
    shared = {
        (one, other): Shared(
            0, float(errors.loc[SCALES[one], SCALES[other]]) * (np.ones(len(said)) if one == other == 1 else own)
        )
        for one in range(len(SCALES))
        for other in range(one, len(SCALES))
    }
    known = Spread(np.ones(number), np.ones(number))
    moments = corrected_moments(
        Erring(
            said[list(SCALES)].to_numpy(dtype=float),
            ((), (0,), (1,), (0, 1), (2,)),
            shared,
            (known,),
            clusters,
            np.ones(len(said)),
        )
    ).corrected
    solved = solve_moments(moments, moments[:, 0, 0], degrees_of_freedom(moments))
    row = slopes_of(solved, CAUSES).loc[CAUSES[-1]]
    return Figure(PART, PRODUCT, *(float(row[each]) for each in ("estimate", "std_error", "conf_low", "conf_high")))
