"""Qualtrics survey definitions as Qualtrics writes them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.opt_outs import reason_of_label
from pipelines.readers.plan import ReadingError
from pipelines.readers.qualtrics.structure import QualtricsStructureReader
from pipelines.readers.qualtrics.texts import condition, mapping, plain, spellings
from pipelines.readers.structure import Question, Structure
from pipelines.readers.structure_file import StructureFile
from pipelines.readers.structures import read_structure

QUALTRICS = "data/qualtrics"


def choices(*labels: str) -> dict[str, Any]:
    return {str(place): {"Display": label} for place, label in enumerate(labels, start=1)}


def question(question_id: str = "QID1", kind: str = "MC", selector: str = "SAVR", **content: Any) -> dict[str, Any]:
    return {
        "QuestionID": question_id,
        "QuestionType": kind,
        "Selector": selector,
        "DataExportTag": question_id.replace("QID", "Q"),
        "QuestionText": "What?",
        **content,
    }


def qsf(*questions: dict[str, Any], blocks: Any = None, flow: Any = None, **more: Any) -> bytes:
    elements = [{"Element": "SQ", "Payload": each} for each in questions]
    everything = [{"Type": "Question", "QuestionID": each["QuestionID"]} for each in questions]
    elements.append({"Element": "BL", "Payload": blocks or [{"ID": "BL_1", "BlockElements": everything}]})
    elements.append({"Element": "FL", "Payload": flow or {"Flow": [{"Type": "Block", "ID": "BL_1"}]}})
    elements += [{"Element": name, "Payload": payload} for name, payload in more.items()]
    entry = {"SurveyName": "A &amp; B", "SurveyLanguage": "DA"}
    return json.dumps({"SurveyEntry": entry, "SurveyElements": elements}).encode()


def read(content: bytes) -> Structure:
    return QualtricsStructureReader().read([StructureFile("s.qsf", content)])


def only(*questions: dict[str, Any]) -> dict[str, Question]:
    return dict(read(qsf(*questions)).questions)


def codes_of(found: Question) -> list[tuple[str, str]]:
    return [(option.code, option.label) for option in found.options]


@pytest.mark.reference
@pytest.mark.parametrize(
    ("path", "n_questions", "first", "kind", "codes"),
    [
        ("porter-rescue/survey.qsf", 30, "QID34", "choice", ["1", "2", "3", "4", "5", "6", "7"]),
        ("qt-no-basis/No_Basis_for_Evaluation.qsf", 16, "QID1", "choice", ["1", "2", "3", "-1"]),
        ("qt-single-matrix/Single_Answer_Matrix_Questions.qsf", 16, "QID6_2", "choice", ["10", "11", "12", "13"]),
        ("qt-survey-logic/Survey_Logic_EVERYWHERE.qsf", 7, "QID5_3", "choice", ["1", "2", "3"]),
        ("qt-text-entry/Questions_with_Text_Entry_Components.qsf", 25, "QID5#1_3", "choice", ["1", "2"]),
    ],
)
def test_real_definitions_are_read(
    reference: Path, path: str, n_questions: int, first: str, kind: str, codes: list[str]
) -> None:
    structure = read_structure([reference / QUALTRICS / path])
    assert structure.platform == "qualtrics"
    assert (len(structure.questions), structure.language) == (n_questions, "en")
    assert structure.questions[first].kind == kind
    assert [option.code for option in structure.questions[first].options] == codes


@pytest.mark.reference
def test_five_matrices_of_a_real_definition_are_batteries(reference: Path) -> None:
    path = reference / QUALTRICS / "qt-single-matrix/Single_Answer_Matrix_Questions.qsf"
    questions = read_structure([path]).questions.values()
    assert {each.battery for each in questions if each.kind == "choice"} == {"QID2", "QID3", "QID4", "QID5", "QID6"}


@pytest.mark.reference
def test_options_that_are_no_basis_for_an_answer_are_no_points_in_a_real_definition(reference: Path) -> None:
    structure = read_structure([reference / QUALTRICS / "qt-no-basis/No_Basis_for_Evaluation.qsf"])
    for name in ("QID1", *(f"QID{n}_{row}" for n in (3, 4) for row in range(1, 5))):
        points = [option.code for option in structure.questions[name].options if option.reason is None]
        assert points == ["1", "2", "3"]
    reasons = {option.code: option.reason for option in structure.questions["QID4_1"].options}
    assert (reasons["-1"], reasons["-2"]) == ("dont_know", "not_applicable")
    assert any("QID4" in warning and "-2 (Never tried it)" in warning for warning in structure.warnings)


@pytest.mark.reference
def test_display_logic_of_a_real_definition_is_kept_as_written(reference: Path) -> None:
    questions = read_structure([reference / QUALTRICS / "qt-survey-logic/Survey_Logic_EVERYWHERE.qsf"]).questions
    assert questions["QID2"].shown_if.startswith("q://QID1/ChoiceDisplayed/1 Displayed Or ")
    assert questions["QID5_2"].shown_if == "m://LastName NotEmpty"
    assert questions["QID1"].shown_if == ""


def test_the_exported_code_is_the_recode_of_the_choice_not_its_id_nor_its_place() -> None:
    found = only(
        question(
            Choices=choices("low", "middle", "high"),
            ChoiceOrder=["3", 1, "2"],
            RecodeValues={"1": "20", "2": 30, "3": "10"},
        )
    )
    assert codes_of(found["QID1"]) == [("10", "high"), ("20", "low"), ("30", "middle")]
    assert [option.id for option in found["QID1"].options] == ["3", "1", "2"]


def test_choices_without_a_recode_are_exported_by_their_id() -> None:
    found = only(question(Choices={"9": {"Display": "a"}, "4": {"Display": "b"}}, RecodeValues={"4": ""}))
    assert codes_of(found["QID1"]) == [("9", "a"), ("4", "b")]


@pytest.mark.parametrize("empty", [[], None, {}, False])
def test_lists_of_php_are_read_by_place_and_empty_ones_are_nothing(empty: Any) -> None:
    content = question(Choices=[{"Display": "zero"}, {"Display": "one"}], RecodeValues=["5", "6"], VariableNaming=empty)
    found = only({**content, "Language": empty, "ChoiceDataExportTags": empty, "DisplayLogic": empty})
    assert codes_of(found["QID1"]) == [("5", "zero"), ("6", "one")]


def test_labels_are_plain_and_every_spelling_that_exports_write_is_kept() -> None:
    found = only(
        question(
            QuestionText="<p>How&nbsp;is <b>${e://Field/town}</b>?</p><script>x()</script>",
            Choices={"1": {"Display": "<b>Very</b> good &amp; fine<br>"}, "2": {"Display": "Bad"}},
            VariableNaming={"1": "good"},
            Language={"DA": {"QuestionText": "Hvordan?", "Choices": {"1": {"Display": "<i>Godt</i>"}}}, "DE": []},
        )
    )["QID1"]
    assert found.text == "How is …?"
    assert found.texts == {"da": "Hvordan?"}
    good = found.options[0]
    assert good.label == "Very good & fine"
    assert {"good", "Godt", "<b>Very</b> good &amp; fine<br>", "<i>Godt</i>"} <= set(good.also)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("a<br>b", "a b"), ("<p>a</p><p>b</p>", "a b"), ("half<b>way</b>", "halfway"), ("1 &lt; 2", "1 < 2"),
        ("a < b > c", "a < b > c"), (None, ""), (5, "5"), ("<style>p{}</style>x", "x"), ("x <!-- y --> z", "x z"),
        ("${lm://Field/1} is", "… is"), ("<script>never closed", ""), ("a\n\u00a0 b", "a b"),
    ],
)  # fmt: skip
def test_markup_leaves_words(markup: object, words: str) -> None:
    assert plain(markup) == words


@given(st.text())
def test_any_text_has_words_and_spellings_without_stray_blanks(text: str) -> None:
    for form in (plain(text), *spellings(text)):
        assert form == " ".join(form.split())


@pytest.mark.parametrize(
    ("selector", "kind"),
    [
        ("SAVR", "choice"), ("SAHR", "choice"), ("SACOL", "choice"), ("DL", "choice"), ("SB", "choice"),
        ("NPS", "choice"), ("MAVR", "multiple_choice"), ("MAHR", "multiple_choice"), ("MACOL", "multiple_choice"),
        ("MSB", "multiple_choice"),
    ],
)  # fmt: skip
def test_single_and_multiple_choices_are_told_apart_by_selector(selector: str, kind: str) -> None:
    assert only(question(selector=selector, Choices=choices("a", "b")))["QID1"].kind == kind


def test_rows_of_a_matrix_are_questions_that_share_the_recoded_answers() -> None:
    found = only(
        question(
            kind="Matrix", selector="Likert", SubSelector="SingleAnswer", Choices=choices("Row a", "Row b"),
            Answers=choices("no", "yes"), AnswerOrder=[2, 1], RecodeValues={"1": "0", "2": "7"},
            ChoiceDataExportTags={"2": "own"}, QuestionText="Above",
        )
    )  # fmt: skip
    assert list(found) == ["QID1_1", "QID1_2"]
    second = found["QID1_2"]
    assert (second.text, second.stem, second.battery, second.kind) == ("Row b", "Above", "QID1", "choice")
    assert codes_of(second) == [("7", "yes"), ("0", "no")]
    assert second.names == ("own", "Q1_own", "Q1_2")


def test_other_matrices_have_the_columns_that_exports_give_them() -> None:
    both = {"Choices": choices("r1", "r2"), "Answers": choices("a1", "a2")}
    several = only(question(kind="Matrix", selector="Likert", SubSelector="MultipleAnswer", **both))
    assert {each.kind for each in several.values()} == {"multiple_choice"}
    texts = only(question(kind="Matrix", selector="TE", SubSelector="Short", **both))
    assert [(each.id, each.kind) for each in texts.values()] == [
        ("QID1_1_1", "open_text"), ("QID1_1_2", "open_text"), ("QID1_2_1", "open_text"), ("QID1_2_2", "open_text"),
    ]  # fmt: skip
    assert texts["QID1_2_1"].text == "r2 - a1"
    bipolar = only(question(kind="Matrix", selector="Bipolar", Choices=choices("Bad:Good"), Answers=choices("1", "2")))
    assert bipolar["QID1_1"].text == "Bad:Good"
    profile = {"1": choices("x", "y"), "2": choices("z", "w")}
    of_rows = only(question(kind="Matrix", selector="Profile", Choices=choices("r1", "r2"), Answers=profile))
    assert [option.label for option in of_rows["QID1_2"].options] == ["z", "w"]


def test_side_by_side_questions_have_a_question_for_every_column_and_row() -> None:
    column = {"QuestionType": "Matrix", "Selector": "Likert", "SubSelector": "SingleAnswer", "QuestionText": "Now"}
    found = only(
        question(
            kind="SBS", selector="SBSMatrix", Choices=choices("r1", "r2"), QuestionText="Compare",
            AdditionalQuestions={
                "1": {**column, "QuestionID": "QID1#1", "DataExportTag": "Q1#1", "Answers": choices("a", "b")},
                "2": {**column, "Selector": "TE", "Answers": choices("why")},
            },
        )
    )  # fmt: skip
    assert list(found) == ["QID1#1_1", "QID1#1_2", "QID1#2_1_1", "QID1#2_2_1"]
    assert (found["QID1#1_2"].stem, found["QID1#1_2"].names[0]) == ("Compare - Now", "Q1#1_2")
    assert found["QID1#2_1_1"].kind == "open_text"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (question(kind="TE", selector="SL"), [("QID1_TEXT", "open_text")]),
        (question(kind="TE", selector="FORM", Choices=choices("a")), [("QID1_1", "open_text")]),
        (question(kind="Slider", selector="HSLIDER", Choices=choices("a")), [("QID1_1", "number")]),
        (question(kind="RO", selector="DND", Choices=choices("a")), [("QID1_1", "ranking")]),
        (question(kind="CS", selector="VRTL", Choices=choices("a")), [("QID1_1", "number")]),
        (question(kind="SS", selector="TA", Choices=choices("a", "b")), [("QID1", "choice")]),
        (question(kind="DD", selector="DL", Choices=choices("c"), Answers=choices("x")), [("QID1_1", "choice")]),
        (question(kind="DB", selector="TB"), []),
        (question(kind="Captcha", selector="V2"), []),
        (
            question(kind="Timing", selector="PageTimer"),
            [(f"QID1_{each}", "timing") for each in ("FIRST_CLICK", "LAST_CLICK", "PAGE_SUBMIT", "CLICK_COUNT")],
        ),
        (
            question(kind="Meta", selector="Browser"),
            [(f"QID1_{each}", "metadata") for each in ("BROWSER", "VERSION", "OS", "RESOLUTION")],
        ),
        (
            question(kind="FileUpload", selector="FileUpload"),
            [(f"QID1_FILE_{each}", "metadata") for each in ("ID", "NAME", "SIZE", "TYPE")],
        ),
        (question(kind="HeatMap", selector="Image"), [("QID1", "unknown")]),
        (
            question(selector="NPS", Choices=[{"Display": str(n)} for n in range(11)]),
            [("QID1", "choice"), ("QID1_NPS_GROUP", "score")],
        ),
        (
            question(Choices={"1": {"Display": "a"}, "8": {"Display": "Other", "TextEntry": "true"}}),
            [("QID1", "choice"), ("QID1_8_TEXT", "other_text")],
        ),
    ],
    ids=lambda each: each["QuestionType"] + each["Selector"] if isinstance(each, dict) else "",
)  # fmt: skip
def test_every_question_type_gives_its_columns(content: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    structure = read(qsf(content, question("QID9", Choices=choices("a", "b"))))
    assert [(each.id, each.kind) for each in structure.questions.values() if each.id != "QID9"] == expected
    assert any("QID1: its type is not known" in each for each in structure.warnings) == (
        ("QID1", "unknown") in expected
    )


def test_limits_requirements_and_personal_content_come_from_validation() -> None:
    settings = {"Type": "ContentType", "ForceResponse": "ON", "ContentType": "ValidNumber"}
    number = question(
        kind="TE", selector="SL", Validation={"Settings": {**settings, "ValidNumber": {"Min": "18", "Max": "x"}}}
    )
    mail = question("QID2", "TE", "SL", Validation={"Settings": {**settings, "ContentType": "ValidEmail"}})
    found = only(number, mail)
    age = found["QID1_TEXT"]
    assert (age.kind, age.least, age.most, age.is_required) == ("number", 18.0, None, True)
    assert (found["QID2_TEXT"].is_personal_data, age.is_personal_data) == (True, False)
    slider = question(
        kind="Slider", selector="BAR", Choices=choices("a"), Configuration={"CSSliderMin": 0, "CSSliderMax": 7}
    )
    assert (only(slider)["QID1_1"].least, only(slider)["QID1_1"].most) == (0.0, 7.0)


def test_the_only_row_of_a_slider_keeps_the_question_above_it() -> None:
    def texts(*rows: str) -> list[str]:
        asked = question(kind="Slider", selector="HSLIDER", Choices=choices(*rows), QuestionText="How likely is help?")
        return [each.text for each in only(asked).values()]

    assert texts("Likelihood") == ["How likely is help? [Likelihood]"]
    assert texts("Peter", "Anna") == ["Peter", "Anna"]


def test_pages_follow_the_flow_and_page_breaks_and_the_trash_is_left_out() -> None:
    def asked(*ids: str) -> list[dict[str, str]]:
        return [{"Type": "Page Break"} if each == "|" else {"Type": "Question", "QuestionID": each} for each in ids]

    blocks = {
        "2": {"ID": "BL_a", "Type": "Default", "Description": "First", "BlockElements": asked("QID3")},
        "5": {"ID": "BL_t", "Type": "Trash", "BlockElements": asked("QID5")},
        "7": {"ID": "BL_b", "Type": "Standard", "Description": "Second", "BlockElements": asked("QID1", "|", "QID2")},
        "9": {"ID": "BL_u", "Type": "Standard", "Description": "Unused", "BlockElements": asked("QID4")},
    }
    logic = {
        "0": {"0": {"LogicType": "EmbeddedField", "LeftOperand": "group", "Operator": "EqualTo", "RightOperand": "x"}}
    }
    branch = {"Type": "Branch", "BranchLogic": logic, "Flow": [{"Type": "Standard", "ID": "BL_a"}]}
    flow = {"Flow": [{"Type": "Standard", "ID": "BL_b"}, branch]}
    payloads = [question(f"QID{n}", Choices=choices("a", "b")) for n in range(1, 6)]
    found = read(qsf(*payloads, blocks=blocks, flow=flow)).questions
    assert [(each.id, each.page, each.section) for each in found.values()] == [
        ("QID1", 1, "Second"), ("QID2", 2, "Second"), ("QID3", 3, "First"), ("QID4", None, "Unused"),
    ]  # fmt: skip
    assert found["QID3"].shown_if == "group EqualTo x"


def test_embedded_data_of_the_flow_and_scores_are_listed() -> None:
    fields = [{"Field": "municipality", "Description": "Kommune"}, {"Field": ""}]
    flow = {"Flow": [{"Type": "EmbeddedData", "EmbeddedData": fields}, {"Type": "Block", "ID": "BL_1"}]}
    scoring = {"ScoringCategories": [{"ID": "SC_abc", "Name": "Total"}]}
    found = read(qsf(question(Choices=choices("a", "b")), flow=flow, SCO=scoring)).questions
    assert (found["municipality"].kind, found["municipality"].text) == ("embedded", "Kommune")
    assert (found["SC_abc"].kind, found["SC_abc"].names) == ("score", ("SC0",))


def test_carried_choices_keep_their_words_and_ids_of_their_own() -> None:
    carried = {"Type": "Dynamic", "Locator": "q://QID1/ChoiceGroup/SelectedChoices"}
    structure = read(
        qsf(
            question(selector="MAVR", Choices=choices("bus", "train"), ChoiceOrder=["2", "1"]),
            question("QID2", Choices={"1": {"Display": "None"}}, ChoiceOrder=["1"], DynamicChoices=carried,
                     RecodeValues={"x1": "11", "x2": "12", "1": "99"}),
            question("QID3", DynamicChoices={**carried, "Locator": "refl://REFL_1/Active"}, Choices=[]),
        )
    )  # fmt: skip
    assert codes_of(structure.questions["QID2"]) == [("12", "train"), ("11", "bus"), ("99", "None")]
    assert structure.questions["QID3"].options == ()
    assert any("QID3" in warning and "carried forward" in warning for warning in structure.warnings)


def test_the_definition_from_the_interface_is_read_like_a_file() -> None:
    content = question(Choices=choices("a", "b"), RecodeValues={"1": "4", "2": "5"})
    result = {
        "SurveyName": "From the interface",
        "SurveyOptions": {"SurveyLanguage": "EN"},
        "Questions": {"QID1": content},
        "Blocks": {"BL_1": {"Type": "Default", "BlockElements": [{"Type": "Question", "QuestionID": "QID1"}]}},
        "SurveyFlow": {"Flow": [{"Type": "Block", "ID": "BL_1"}]},
    }
    for document in (result, {"meta": {}, "result": result}):
        structure = read(json.dumps(document).encode())
        assert (structure.title, structure.language) == ("From the interface", "en")
        assert codes_of(structure.questions["QID1"]) == [("4", "a"), ("5", "b")]
        assert structure.questions["QID1"].page == 1


@pytest.mark.parametrize(
    ("labels", "codes", "reasons"),
    [
        (["a", "b", "N/A"], [1, 2, -1], [None, None, "not_applicable"]),
        (["a", "b", "Ved ikke"], [1, 2, -8], [None, None, "dont_know"]),
        (["a", "b", "Never tried"], [1, 2, -2], [None, None, "not_applicable"]),
        (["Prefer not to say", "a", "b"], [-1, 1, 2], ["refused", None, None]),
        (["--", "-", "0", "+", "++"], [-2, -1, 0, 1, 2], [None] * 5),
        (["--", "-", "0", "+", "++", "Other"], [-2, -1, 0, 1, 2, -9], [None] * 5 + ["not_applicable"]),
        (["++", "+", "0", "-", "--", "No opinion"], [2, 1, 0, -1, -2, -9], [None] * 5 + ["dont_know"]),
        (["a", "b", "Don't know"], [1, 2, 3], [None] * 3),
        (["a", "b", "c"], [3, -1, 2], [None] * 3),
    ],
)
def test_negative_recodes_are_no_answer_by_label_or_place(
    labels: list[str], codes: list[int], reasons: list[Any]
) -> None:
    recodes = {str(place): str(code) for place, code in enumerate(codes, start=1)}
    found = only(question(Choices=choices(*labels), RecodeValues=recodes))["QID1"]
    assert [option.reason for option in found.options] == reasons


def test_the_place_of_a_negative_recode_says_nothing_where_several_options_may_be_ticked() -> None:
    recodes = {"1": "1", "2": "2", "3": "-1"}
    found = only(question(selector="MAVR", Choices=choices("a", "b", "Neither"), RecodeValues=recodes))["QID1"]
    assert found.options[2].reason is None


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("Don’t know", "dont_know"), ("(Ved ikke)", "dont_know"), ("Ved ikke / ikke relevant", "dont_know"),
        ("N/A", "not_applicable"), ("No basis for evaluation", "not_applicable"), ("Ikke relevant", "not_applicable"),
        ("Weiß nicht", "dont_know"), ("Ønsker ikke at svare", "refused"), ("I would prefer not to answer", "refused"),
        ("Never", None), ("I know", None), ("No", None), ("", None),
    ],
)  # fmt: skip
def test_labels_that_stand_for_no_answer_are_recognised(label: str, reason: str | None) -> None:
    assert reason_of_label(label) == reason


def test_shared_recodes_are_warned_of() -> None:
    structure = read(qsf(question(Choices=choices("a", "b"), RecodeValues={"1": "1", "2": "1"})))
    assert any("QID1" in warning and "share a recode (1)" in warning for warning in structure.warnings)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"[[[[", b"\xff\xfe", b'{"SurveyElements": []}', b'{"Questions": {}}', b"[" * 100_000],
)
def test_other_files_are_not_taken_for_definitions(content: bytes) -> None:
    assert not QualtricsStructureReader().recognises([StructureFile("x.qsf", content)])


def test_an_empty_definition_and_two_definitions_are_refused_in_words() -> None:
    empty = StructureFile("empty.qsf", b'{"SurveyEntry": {}, "SurveyElements": []}')
    with pytest.raises(ReadingError, match=r"empty\.qsf: expected a Qualtrics survey with questions, found none"):
        QualtricsStructureReader().read([empty])
    with pytest.raises(ReadingError, match=r"found 2 files \(empty\.qsf, empty\.qsf\)"):
        QualtricsStructureReader().read([empty, empty])


def test_a_definition_nested_without_end_is_read_to_a_depth_that_surveys_have() -> None:
    inside: dict[str, Any] = question(kind="SBS")
    logic: dict[str, Any] = {"LogicType": "x", "LeftOperand": "far down"}
    for _ in range(300):
        inside = question(kind="SBS", AdditionalQuestions={"1": inside})
        logic = {"0": logic}
    found = only(inside, question("QID2", Choices=choices("a", "b"), DisplayLogic=logic))
    assert list(found) == ["QID2"]
    assert found["QID2"].shown_if.startswith('{"0": {"0":')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(["0", "1", "Type", "Display"]), below),
    max_leaves=12,
)
KEYS = (
    "QuestionText", "Choices", "ChoiceOrder", "Answers", "AnswerOrder", "RecodeValues", "VariableNaming", "Language",
    "Validation", "DisplayLogic", "DynamicChoices", "Configuration", "AdditionalQuestions", "ChoiceDataExportTags",
    "DataExportTag", "Selector", "SubSelector",
)  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(KEYS), JSON),
    st.sampled_from(["MC", "Matrix", "TE", "SBS", "Slider", "RO", "CS", "DD", "Timing", "Meta", "?"]),
    JSON,
)
def test_whatever_a_definition_holds_is_read_or_left_out(content: dict[str, Any], kind: str, flow: Any) -> None:
    structure = read(qsf({**question(kind=kind), **content}, blocks=flow, flow=flow))
    assert all(name == each.id for name, each in structure.questions.items())


@given(JSON)
def test_conditions_are_one_line_of_text(logic: Any) -> None:
    assert "\n" not in condition(logic)
    assert (condition(logic) == "") == (mapping(logic) == {})
