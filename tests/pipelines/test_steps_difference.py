"""What differs between two documents, in words: long lists tell only what one of them holds."""

import pytest

from models.sections.regressors import Variable
from pipelines.steps.difference import Difference
from pipelines.steps.plan_content import canonical


def listed(*variables: Variable) -> str:
    return canonical([each.model_dump(mode="json") for each in variables])


TEAMWORK, TENURE = Variable(variable="teamwork"), Variable(variable="tenure")
BENT = Variable(variable="tenure", spline=4)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"HC3"', '"HC1"', '"HC3" → "HC1"'),
        ("[1,2]", "[1,2,3]", "[1,2] → [1,2,3]"),
        ("nothing", listed(TEAMWORK), f"nothing → {listed(TEAMWORK)[:80]}…"),
        (listed(TEAMWORK), listed(TEAMWORK, TENURE), "with tenure"),
        (listed(TEAMWORK, TENURE), listed(TEAMWORK), "without tenure"),
        (listed(TEAMWORK, TENURE), listed(TEAMWORK, BENT), "without tenure; with {variable: tenure, spline: 4}"),
        (
            canonical(["teamwork", "tenure"]),
            canonical(["teamwork", {"interaction": [each.model_dump(mode="json") for each in (TEAMWORK, TENURE)]}]),
            "without tenure; with {interaction: [teamwork, tenure]}",
        ),
    ],
)
def test_values_are_told_as_people_write_them(old: str, new: str, said: str):
    assert str(Difference("model.regressors", old, new)) == f"model.regressors: {said}"


def test_lists_in_another_order_are_told_whole():
    old, new = listed(TEAMWORK, TENURE), listed(TENURE, TEAMWORK)
    assert str(Difference("order", old, new)) == f"order: {old[:80]}… → {new[:80]}…"
