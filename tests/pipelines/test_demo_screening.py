"""How many of the careless answers that the demonstration study plants are found, and how many others are flagged."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu

from models.screening import distance, runs
from pipelines.sections.screening import Screening
from pipelines.sections.sources import Source
from pipelines.steps.screening import screen_wave
from pipelines.steps.screening_form import build_form
from pipelines.studies.demo.answering import FORMS
from pipelines.studies.demo.generate import draw_study, form_instruments
from pipelines.tables.screening import PARADATA

ON_ANSWERS = ("longstring", "straight_line", "mahalanobis_observed")


@pytest.fixture(scope="module")
def forms():
    """Forms by name and wave with at least half of the questionnaire seen: truth, codes in the order shown, items."""
    found = {}
    for form in draw_study().forms:
        names = [name for name in form.answers if not name.startswith(("STR", "OEQ"))]
        codes = form.answers[names].mask(form.answers[names] < 0)
        seen = (form.persons["share_seen"] >= 0.5).to_numpy()
        found[form.form, form.wave] = (form.persons["is_careless"].to_numpy()[seen], codes[seen].reset_index(drop=True))
    return found


def auc(values, is_positive):
    statistic = mannwhitneyu(values[is_positive], values[~is_positive]).statistic
    return statistic / (is_positive.sum() * (~is_positive).sum())


def kinds_of(codes, is_careless):
    """Tell straight lines from random answers by the second half, which every careless respondent answered so."""
    late = codes[:, codes.shape[1] // 2 + 2 :]
    is_line = is_careless & (runs.highest(late) == runs.lowest(late))
    share_of_middle = (late == 3).sum(axis=1) / np.isfinite(late).sum(axis=1).clip(1)
    return is_line, is_careless & ~is_line & (share_of_middle < 0.5)


@pytest.mark.parametrize("form", ["managers", "staff"])
@pytest.mark.parametrize("wave", ["w1", "w2"])
def test_straight_lines_and_random_answers_are_told_from_others(forms, form, wave):
    # synthetic-study.md section 12, row 4: AUC above .80 for both kinds
    is_careless, table = forms[form, wave]
    codes = table.to_numpy(dtype=float, na_value=np.nan)
    is_line, is_random = kinds_of(codes, is_careless)
    longest, squared = runs.longest_run(codes), distance.observed_mahalanobis(codes).squared
    assert auc(longest[~is_careless | is_line], is_line[~is_careless | is_line]) > 0.80
    assert auc(squared[~is_careless | is_random], is_random[~is_careless | is_random]) > 0.80


@pytest.mark.parametrize("form", ["managers", "staff"])
def test_checks_that_ship_find_most_of_them_and_few_others(forms, form):
    is_careless, table = forms[form, "w1"]
    n = len(table)
    moment = pd.Timestamp("2026-02-02", tz="UTC")
    responses = pd.DataFrame({"response_id": [f"s/{k:04d}" for k in range(n)], "row_number": range(2, n + 2)})
    responses = responses.assign(respondent_key=None, disposition="complete", share_answered=1.0, response_seconds=None)
    tables = {
        "responses": responses.assign(started_at=moment, ended_at=moment),
        "answers": table.assign(response_id=responses["response_id"]),
        "paradata": PARADATA.empty(),
    }
    instruments = [form_instruments()[name] for name in FORMS[form]]
    flags = screen_wave([build_form(Source(wave="w1", files="e.csv"), instruments, tables, Screening())], "w1", "last")
    flagged = flags[flags["check_name"].isin(ON_ANSWERS) & flags["is_flagged"].fillna(value=False).astype(bool)]
    is_flagged = responses["response_id"].isin(flagged["response_id"]).to_numpy()
    assert is_flagged[is_careless].mean() > 0.75
    assert is_flagged[~is_careless].mean() < 0.05
