"""How many of the careless answers that the demonstration study plants are found, and how many others are flagged."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from models.screening import distance, runs
from pipelines.studies.demo.answering import Answering
from pipelines.studies.demo.forms_asked import shown_forms
from pipelines.studies.demo.parameters import Parameters, Size
from pipelines.studies.demo.population import draw_population
from pipelines.studies.demo.recovery.found_careless import flagged
from pipelines.studies.demo.responding import respondents

GROUPS = ("MID", "FRL", "CIT")


@pytest.fixture(scope="module")
def forms():
    size = replace(Size(), danish_regions={"Hovedstaden": 100}, scottish_organisations=30)
    parameters = Parameters(size=replace(size, invited={**size.invited, "MID": 20, "CIT": 50}))
    population = draw_population(parameters, 3)
    drawing = Answering(population, shown_forms(), parameters, 3)
    first = {group: next(respondents(group, population.groups[group], parameters.response, 3)) for group in GROUPS}
    return {group: drawing.answer(group, 0, rows) for group, rows in first.items()}


def auc(values, is_positive):
    statistic = mannwhitneyu(values[is_positive], values[~is_positive]).statistic
    return statistic / (is_positive.sum() * (~is_positive).sum())


@pytest.mark.parametrize("group", GROUPS)
def test_straight_lines_and_random_answers_are_told_from_others(forms, group):
    # synthetic-study.md section 12, row 4: AUC above .80 for both kinds
    form = forms[group]
    seen = (form.persons["share_seen"] >= 0.5).to_numpy()
    names = [name for name in form.answers if not name.startswith(("STR", "OEQ"))]
    codes = form.answers.loc[seen, names].to_numpy(dtype=float, na_value=np.nan)
    codes[codes < 0] = np.nan
    kind = form.persons.loc[seen, "careless"].to_numpy()
    longest, squared = runs.longest_run(codes), distance.observed_mahalanobis(codes).squared
    for name, value in (("straightline", longest), ("random", squared)):
        told = (kind == "") | (kind == name)
        assert auc(value[told], (kind == name)[told]) > 0.80


@pytest.mark.parametrize(("group", "least", "most"), [("MID", 0.9, 0.25), ("FRL", 0.9, 0.22), ("CIT", 0.7, 0.06)])
def test_checks_that_ship_find_most_of_them_and_leave_most_others_alone(forms, group, least, most):
    is_careless, is_flagged = flagged(forms[group])
    assert is_flagged[is_careless].mean() > least
    assert is_flagged[~is_careless].mean() < most
