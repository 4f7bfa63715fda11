"""Invented managers whose own reports are measured with errors, and staff who see what they do."""

import numpy as np
import pandas as pd

from instruments.spec import Instrument
from pipelines.steps.answers_behind import with_errors_behind
from pipelines.steps.organisation_means import organisation_means
from tests.models.regression.staff_of_organisations import corrected, mean, prepared

ITEMS = ("claims_1", "claims_2", "claims_3", "claims_4")
SCALES = {
    "claimed": Instrument(
        name="claims",
        version="1",
        title={"en": "Claims"},
        response_scales={"agreement": {"points": {code: {"label": {"en": str(code)}} for code in range(1, 6)}}},
        items={name: {"text": {"en": name}, "response_scale": "agreement"} for name in ITEMS},
        scales={"claimed": {"items": ITEMS, "least_answered": 2}},
    )
}
OWN = mean("claimed", of="TOP")
MEASURED = {"variable": "claimed", "errors": "measurement"}
VIEWS = {"self_report": OWN, "other_report": mean("seen"), "scale": (-1, 1)}
TRUE_SURFACE = np.array([0.05, 0.35, -0.08, 0.16, -0.08])
OF_ITEMS, OF_STAFF = 1.2, 0.9


def drawn_views(rng, n_organisations=200, n_staff=12, slopes=TRUE_SURFACE, of_items=OF_ITEMS):
    """Return one or two managers of each organisation, of whom all were asked, and staff with their experience.

    Experience follows a surface of what managers report but for errors of their items (x) and the level that staff see.
    """
    asked = rng.integers(1, 3, n_organisations)
    at = np.repeat(np.arange(n_organisations), asked)
    said = rng.normal(size=len(at)) * np.sqrt(asked[at])
    x = np.bincount(at, said) / asked
    items = said[:, None] + of_items * rng.normal(size=(len(at), len(ITEMS))) + np.array([0.4, 0.1, -0.2, -0.3])
    managers = pd.DataFrame(items, columns=list(ITEMS)).assign(
        organisation_id=at, claimed=items.mean(axis=1), respondent_group="TOP"
    )
    sizes = rng.integers(n_staff // 2, n_staff + n_staff // 2 + 1, n_organisations)
    group = np.repeat(np.arange(n_organisations), sizes)
    y = 0.35 * x + 0.5 * rng.normal(size=n_organisations)
    level = np.column_stack([x, y, x * x, x * y, y * y]) @ slopes + 0.25 * rng.normal(size=n_organisations)
    own = rng.normal(size=(2, len(group)))
    seen, strain = y[group] + OF_STAFF * own[0], level[group] + 0.2 * own[0] + 0.7 * own[1]
    staff = pd.DataFrame({"organisation_id": group, "seen": seen, "strain": strain, "respondent_group": "FRL"})
    rows = pd.concat([staff, managers], ignore_index=True).assign(wave="w1", wave_number=0, source="s")
    rows["organisation_id"] = "o" + rows["organisation_id"].astype(str).str.zfill(4)
    rows["response_id"] = [f"r{number:06d}" for number in range(len(rows))]
    return rows.join(organisation_means(rows, ["seen", "claimed"]))


def with_all_behind(rows, model, scales=SCALES):
    """Return the rows with what a model reads beside the analysis table, errors of measurement among it."""
    used = pd.Series(data=True, index=rows.index)
    return with_errors_behind(prepared(rows, model), model, used, scales)


def over_both_views(*more, corrected_for=("seen", MEASURED), curved=True, **changes):
    """Return a model of staff's experience over both views."""
    surface = {"surface": {**VIEWS, "curved": curved}}
    given = {"outcome": "strain", "focal": mean("seen"), "corrected": corrected_for}
    return corrected(surface, *more, **given | changes)
