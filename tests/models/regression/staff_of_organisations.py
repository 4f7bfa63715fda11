"""Invented staff of organisations, whose answers shrink the slopes of their organisations' means."""

import numpy as np
import pandas as pd

from pipelines.steps.answers_behind import with_answers_behind, with_earlier_waves
from pipelines.steps.organisation_means import means_of_groups, organisation_means
from tests.models.regression.analysis_tables import model_of

SLOPES = {"climate": 0.6, "support": -0.3, "climate_within": 0.25}
SCALES = ["climate", "support", "strain", "safety", "influence"]


def staff(rng, n_organisations=100, n_staff=10, waves=("w1",), n_citizens=5):
    """Return answers of staff and citizens; climate and support are a sixth of the variance between.

    Within organisations, strain follows one's own climate and safety; influence of citizens follows the climate of
    their organisation, and hosting, a fact.
    """
    frames = []
    cov = np.array([[0.2, 0.05], [0.05, 0.2]])
    hosted = rng.integers(0, 2, n_organisations)
    for order, wave in enumerate(waves):
        levels = rng.multivariate_normal([0, 0], cov, n_organisations)
        sizes = rng.integers(n_staff // 2, n_staff + n_staff // 2 + 1, n_organisations)
        group = np.repeat(np.arange(n_organisations), sizes)
        own = rng.normal(size=(4, len(group)))
        own[1] = 0.4 * own[0] + np.sqrt(0.84) * own[1]
        safety = 0.4 * own[0] + np.sqrt(0.84) * own[2]
        level = 0.6 * levels[:, 0] - 0.3 * levels[:, 1] + 0.2 * hosted + 0.15 * rng.normal(size=n_organisations)
        strain = level[group] + 0.25 * own[0] + 0.2 * safety + 0.7 * own[3]
        members = pd.DataFrame(
            {
                "organisation_id": group, "climate": levels[group, 0] + own[0], "support": levels[group, 1] + own[1],
                "strain": strain, "safety": safety, "hosted": hosted[group], "respondent_group": "FRL",
                "records": (level + 0.1 * rng.normal(size=n_organisations))[group],
            }
        )  # fmt: skip
        citizens = np.repeat(np.arange(n_organisations), n_citizens)
        influence = 0.5 * levels[citizens, 0] - 0.3 * hosted[citizens] + rng.normal(size=len(citizens))
        others = pd.DataFrame({"organisation_id": citizens, "influence": influence, "hosted": hosted[citizens]})
        both = pd.concat([members, others.assign(respondent_group="CIT")], ignore_index=True)
        frames.append(both.assign(wave=wave, wave_number=order, source="s"))
    rows = pd.concat(frames, ignore_index=True)
    rows["organisation_id"] = "o" + rows["organisation_id"].astype(str).str.zfill(4)
    rows["response_id"] = [f"r{number:06d}" for number in range(len(rows))]
    return rows.join(organisation_means(rows, SCALES))


def prepared(rows, model):
    """Return the rows with what a model reads beside the analysis table."""
    used = pd.Series(data=True, index=rows.index)
    rows = with_answers_behind(with_earlier_waves(rows, model, used), model, used)
    return means_of_groups(rows, model.variables(), used)


def corrected(*regressors, groups=("FRL",), **changes):
    """Return a model of staff, or citizens, whose means of climate and support are corrected."""
    names = [each.get("variable") if isinstance(each, dict) else each for each in regressors]
    named = tuple(name for name in ("climate", "support") if name in names)
    given = {"corrected": named, "cluster": "organisation_id"}
    return model_of(*regressors, population={"respondent_groups": groups}, **given | changes)


def mean(name, **more):
    """Return the mean of an organisation."""
    return {"variable": name, "use": "organisation_mean", **more}
