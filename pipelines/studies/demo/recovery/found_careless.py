"""Of the respondents who answer carelessly, how many the flags that ship find, and how many others they leave alone."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipelines.sections.screening import Screening
from pipelines.sections.sources import Source
from pipelines.steps.screening import screen_wave
from pipelines.steps.screening_form import build_form
from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.carelessness import ATTENTIVE
from pipelines.studies.demo.forms_asked import shown_forms
from pipelines.studies.demo.recovery.figures import Figure, Parameter
from pipelines.studies.demo.recovery.scored import LEAST_SEEN
from pipelines.tables.screening import PARADATA

PART = "careless"
GROUPS = ("MID", "FRL", "CIT")
CHECKS = ("longstring", "straight_line", "mahalanobis_observed")
SENSITIVITY, SPECIFICITY = "sensitivity", "specificity"


def careless_figures(forms: dict[str, AnsweredForm]) -> Iterator[Figure]:
    """Yield sensitivity and specificity of "flagged by any of ``CHECKS``" by respondent group."""
    for group in GROUPS:
        is_careless, is_flagged = flagged(forms[group])
        yield _share(f"{SENSITIVITY} {group}", is_flagged[is_careless])
        yield _share(f"{SPECIFICITY} {group}", ~is_flagged[~is_careless])


def expected() -> list[Parameter]:
    """List the parameters of ``careless_figures``."""
    note = "no value is planted: it follows from the answers and the limits of the checks"
    names = (f"{each} {group}" for group in GROUPS for each in (SENSITIVITY, SPECIFICITY))
    return [Parameter(PART, name, np.nan, note=note) for name in names]


def flagged(form: AnsweredForm) -> tuple[np.ndarray, np.ndarray]:
    """Screen the responses of a form with half of it seen or more.

    Returns:
        Who is careless, and whom one of the checks flags; each of length n.
    """
    kept = (form.persons["share_seen"] >= LEAST_SEEN).to_numpy(dtype=bool)
    closed = form.answers.select_dtypes(exclude="str").loc[kept].reset_index(drop=True)
    moment = pd.Timestamp("2026-02-02", tz="UTC")
    ids = [f"s/{number:06d}" for number in range(len(closed))]
    responses = pd.DataFrame({"response_id": ids, "row_number": range(len(closed)), "respondent_key": None})
    responses = responses.assign(disposition="complete", share_answered=1.0, response_seconds=None)
    tables = {
        "responses": responses.assign(started_at=moment, ended_at=moment),
        "answers": closed.mask(closed < 0).assign(response_id=ids),
        "paradata": PARADATA.empty(),
    }
    source = Source(wave="w1", files="SYNTHETIC.csv")
    screened = build_form(source, shown_forms().instruments_of(form.group), tables, Screening())
    flags = screen_wave([screened], "w1", "last")
    found = flags[flags["check_name"].isin(CHECKS) & flags["is_flagged"].fillna(value=False).astype(bool)]
    is_careless = (form.persons.loc[kept, "careless"] != ATTENTIVE).to_numpy(dtype=bool)
    return is_careless, pd.Series(ids).isin(found["response_id"]).to_numpy(dtype=bool)


def _share(name: str, found: np.ndarray) -> Figure:
    share = float(found.mean())
    return Figure.with_error(PART, name, share, float(np.sqrt(share * (1 - share) / len(found))))
