"""Finding what a column holds where ImportIds are gone and names leave a choice."""

import pytest

from pipelines.readers.qualtrics.columns import QualtricsHeader
from pipelines.readers.qualtrics.lookup import find_questions, says
from pipelines.readers.structure import Option, Question, Structure

SEVERAL = Question(
    "QID2",
    "Which?",
    "multiple_choice",
    options=(Option("2", "bus", id="1"), Option("1", "train", id="4"), Option("9", "car", id="2")),
    names=("Q2",),
)
ROWS = {
    "QID3_7": Question("QID3_7", "first row", "choice", battery="QID3", names=("Q3_2", "Q3_1")),
    "QID3_8": Question("QID3_8", "second row", "choice", battery="QID3", names=("Q3_1", "Q3_2")),
}
SURVEY = Structure("qualtrics", "", "en", {"QID2": SEVERAL, **ROWS})


def found(*headers: tuple[str, str], is_legacy: bool = False) -> tuple[list[str], tuple[str, ...]]:
    given = [QualtricsHeader(name, text) for name, text in headers]
    columns, warnings = find_questions(SURVEY, given, is_legacy=is_legacy)
    return [each.source_id for each in columns], warnings


@pytest.mark.parametrize(
    ("names", "is_legacy", "ids", "is_clear"),
    [
        (["Q2_1", "Q2_2"], False, ["QID2_4", "QID2_1"], False),
        (["Q2_1", "Q2_2"], True, ["QID2_1", "QID2_4"], False),
        (["Q2_1", "Q2_2", "Q2_9"], False, ["QID2_4", "QID2_1", "QID2_2"], True),
        (["Q2_1", "Q2_2", "Q2_4"], False, ["QID2_1", "QID2_2", "QID2_4"], True),
        (["Q2_1", "Q2_2", "Q2_3"], False, ["QID2_1", "QID2_4", "QID2_2"], True),
        (["Q2", "Q2_DO", "Q2_77"], False, ["QID2", "", ""], True),
    ],
)
def test_endings_are_recodes_ids_or_places_whichever_all_of_them_can_be(
    names: list[str], is_legacy: bool, ids: list[str], is_clear: bool
) -> None:
    columns, warnings = found(*((name, "") for name in names), is_legacy=is_legacy)
    assert columns == ids
    assert (warnings == ()) == is_clear


def test_the_label_in_the_header_decides_what_an_ending_means() -> None:
    columns, warnings = found(("Q2_1", "Which? - bus"), ("Q2_2", "Which?-train"), is_legacy=False)
    assert (columns, warnings) == (["QID2_1", "QID2_4"], ())


def test_the_row_in_the_header_decides_between_ids_and_places() -> None:
    assert found(("Q3_1", "Stem - first row"), ("Q3_2", "Stem - second row")) == (["QID3_7", "QID3_8"], ())
    columns, warnings = found(("Q3_1", ""), ("Q3_2", ""))
    assert columns == ["QID3_8", "QID3_7"]
    assert "Q3_1, Q3_2" in warnings[0]


def test_a_name_that_stands_twice_in_one_question_is_warned_of() -> None:
    _, warnings = found(("Q2_9", ""), ("Q2_9", ""))
    assert "Q2_9" in warnings[0]


@pytest.mark.parametrize(
    ("text", "label", "is_said"),
    [
        ("Which? - bus", "bus", True), ("Which?-BUS", "bus", True), ("bus", "bus", True), ("omnibus", "bus", False),
        ("the bus", "bus", False), ("Which?", "", False), ("", "bus", False),
    ],
)  # fmt: skip
def test_a_header_says_a_label_that_it_ends_with(text: str, label: str, is_said: bool) -> None:
    assert says(text, label) == is_said
