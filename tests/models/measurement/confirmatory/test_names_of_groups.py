"""What a reader is told about one of several groups carries the group's name, never its number."""

import numpy as np
import pandas as pd
import pytest

from models.measurement.confirmatory.analysis import FactorAnalysis, analyse, measured, parameter_table
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.model import FactorModel, Setting
from models.measurement.confirmatory.refusals import problems

MODEL = FactorModel({"f": tuple("abc")})
SOUND = np.array([[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]])
HEYWOOD = np.array([[1.0, 0.85, 0.85], [0.85, 1.0, 0.5], [0.85, 0.5, 1.0]])


def of_covariance(covariance: np.ndarray, n: int = 400) -> pd.DataFrame:
    drawn = np.random.default_rng(2).normal(size=(n, 3))
    drawn = (drawn - drawn.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(drawn, rowvar=False, ddof=0)).T)
    return pd.DataFrame(drawn @ np.linalg.cholesky(covariance).T, columns=list("abc"))


def analysis(first: str, second: str) -> FactorAnalysis:
    rows = pd.concat([of_covariance(SOUND), of_covariance(HEYWOOD)], ignore_index=True)
    groups = pd.Series([first] * 400 + [second] * 400)
    answers = grouped_answers(rows, MODEL.items, is_complete=True, groups=groups)
    return analyse(MODEL, measured(answers, "ml"), Setting(n_groups=2, has_means=True))


@pytest.mark.parametrize(("first", "second"), [("w1", "w2"), ("da", "en"), ("self", "observer")])
def test_a_problem_of_one_group_names_the_wave_language_or_form(first, second):
    found = analysis(first, second)
    assert [each.about for each in found.problems] == [f"residual of a ({second})"]
    assert set(parameter_table(found)["group"]) == {first, second}


def test_without_names_groups_are_numbered():
    fit = analysis("w1", "w2").fit
    (found,) = problems(fit.layout, fit.theta, has_converged=True)
    assert found.about == "residual of a (group 2)"
