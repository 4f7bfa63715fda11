"""Binding with the survey's definition at hand: labels before codes, options in columns, and what does not fit."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.spec import Instrument
from pipelines.readers.bind import bind_plan
from pipelines.readers.cells.resolve import resolve_text
from pipelines.readers.meanings import label_in_header, meanings_of_column
from pipelines.readers.plan import Head, PlannedColumn, ReadingError, ReadingPlan, Request, fold
from pipelines.readers.structure import Option, Question
from pipelines.sections.sources import Source

AGREEMENT = {
    "points": {
        1: {"label": {"en": "Disagree", "da": "Uenig"}},
        2: {"label": {"en": "Neither"}, "also": ["Hverken eller"]},
        3: {"label": {"en": "Agree", "da": "Enig"}},
    },
    "opt_outs": {-1: {"reason": "dont_know", "label": {"en": "Don't know"}}},
}
TOOLS = {
    "points": {1: {"label": {"en": "Telephone"}}, 2: {"label": {"en": "E-mail"}}, 3: {"label": {"en": "Letter"}}},
    "opt_outs": {-1: {"reason": "not_applicable", "label": {"en": "None"}}},
    "ordered": False,
}


def instrument(**items: dict[str, Any]) -> Instrument:
    scales = {"agreement": AGREEMENT, "tools": TOOLS, "yes_no": {"points": {0: {}, 1: {}}}}
    raw = {"name": "x", "version": "1", "title": {"en": "t"}, "items": items, "response_scales": scales}
    return Instrument.model_validate(raw, strict=False)


CHOICE = {"response_scale": "agreement"}
SEVERAL = {"response_scale": "tools", "kind": "multiple_choice"}


def options(**labels: str) -> tuple[Option, ...]:
    """Options from code → label, codes written ``c5`` or ``m1`` for -1."""
    return tuple(Option(code.replace("c", "", 1).replace("m", "-", 1), label) for code, label in labels.items())


def column(name: str, *given: Option, **settings: Any) -> PlannedColumn:
    question = Question(settings.pop("question", name), "?", "choice", options=given, names=settings.pop("names", ()))
    settings = {"source_id": name, "role": "item", **settings}
    return PlannedColumn(position=1, name=name, question=question if given else None, **settings)


def split(name: str, option: str, *given: Option, **settings: Any) -> PlannedColumn:
    return column(name, *given, role="multiple_choice_option", option=option, **settings)


def bound(*columns: PlannedColumn, items: Instrument, header: tuple[str, ...] = (), **settings: Any) -> ReadingPlan:
    numbered = tuple(replace(each, position=position) for position, each in enumerate(columns, start=1))
    plan = ReadingPlan("generic", "", "utf-8", ",", ".", "UTC", 1, numbered, {})
    rows = (header or tuple(each.name for each in columns),)
    source = Source.model_validate({"wave": "w1", "files": "e.csv", **settings}, strict=False)
    return bind_plan(plan, Head("e.csv", "utf-8", ",", rows, is_whole=True), Request(source, (items,)))


def means(plan: ReadingPlan, name: str, text: str) -> object:
    resolved = resolve_text(plan.column(name), text, plan)
    return resolved.rule or resolved.reason or resolved.value


REVERSED = options(c1="Enig", c2="neither", c3="Disagree", m9="Don't know")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1", 3), ("Enig", 3), ("2", 2), ("Neither", 2), ("3", 1), ("disagree", 1), ("-9", "dont_know"),
        ("Don't know", "dont_know"), ("Uenig", 1), ("Hverken eller", 2), ("4", 4), ("Other", "not_an_answer_option"),
        ("-1", "invalid"), ("", "unknown_blank"),
    ],
)  # fmt: skip
def test_a_text_means_the_option_and_the_option_the_point_with_its_label(text: str, meaning: object) -> None:
    plan = bound(column("IW", *REVERSED), items=instrument(IW=CHOICE))
    assert means(plan, "IW", text) == meaning


def test_labels_that_contradict_codes_are_followed_with_a_warning() -> None:
    plan = bound(column("IW", *REVERSED), column("IW_b", *REVERSED), items=instrument(IW=CHOICE, IW_b=CHOICE))
    (warning,) = [warning for warning in plan.warnings if "other codes to these labels" in warning]
    assert warning.startswith("IW, IW_b: ")
    assert "1 (Enig), 3 (Disagree)" in warning


def test_a_code_of_the_instrument_that_the_survey_does_not_have_is_no_answer() -> None:
    plan = bound(column("IW", *options(c11="Disagree", c12="Neither", c13="Agree")), items=instrument(IW=CHOICE))
    assert [means(plan, "IW", text) for text in ("11", "13", "2")] == [1, 3, "invalid"]
    assert plan.warnings == ()


def test_the_platforms_sign_of_a_missing_answer_goes_before_a_code_the_survey_does_not_have() -> None:
    scale = {**AGREEMENT, "opt_outs": {-99: {"reason": "refused"}}}
    raw = {"name": "x", "version": "1", "title": {"en": "t"}, "items": {"IW": CHOICE}}
    each = Instrument.model_validate({**raw, "response_scales": {"agreement": scale}}, strict=False)
    sign = column("IW", *options(c1="Disagree", c3="Agree"), opt_outs={"-99": "seen_unanswered"})
    assert means(bound(sign, items=each), "IW", "-99") == "seen_unanswered"


def test_options_in_other_words_are_taken_by_code_and_named() -> None:
    given = options(c1="Strongly against", c2="Neither", c3="Agree")
    plan = bound(column("IW", *given), items=instrument(IW=CHOICE))
    assert means(plan, "IW", "Strongly against") == 1
    assert any(
        "their codes were followed" in warning and "1 (Strongly against)" in warning for warning in plan.warnings
    )


def test_options_that_are_nothing_to_the_instrument_are_faults_with_the_list() -> None:
    with pytest.raises(ReadingError, match=r"IW, IW_b: 2 answer options .* no point .*: 7 \(Perhaps\), 8 \(Never\)"):
        bound(
            column("IW", *REVERSED, *options(c7="Perhaps", c8="Never")),
            column("IW_b", *REVERSED, *options(c7="Perhaps", c8="Never")),
            items=instrument(IW=CHOICE, IW_b=CHOICE),
        )


def test_codes_are_not_trusted_beside_labels_that_contradict_theirs() -> None:
    given = options(c1="Agree", c2="So so", c3="Disagree")
    with pytest.raises(ReadingError, match=r"codes of these options cannot be relied on.*2 \(So so\)"):
        bound(column("IW", *given), items=instrument(IW=CHOICE))
    same_point = options(c7="Agree", c3="Fully agree", c1="Disagree")
    with pytest.raises(ReadingError, match=r"cannot be relied on.*3 \(Fully agree\)"):
        bound(column("IW", *same_point), items=instrument(IW=CHOICE))


def test_an_option_the_platform_calls_no_answer_is_none_even_without_the_instruments_word() -> None:
    given = (*options(c1="Disagree", c3="Agree"), Option("-2", "Never had one", reason="not_applicable"))
    plan = bound(column("IW", *given), items=instrument(IW=CHOICE))
    assert [means(plan, "IW", text) for text in ("-2", "never had one", "1")] == ["not_applicable", "not_applicable", 1]


@pytest.mark.parametrize(("written", "meaning"), [("codes", 3), ("labels", 1)])
def test_a_text_that_is_a_code_and_a_label_means_what_the_export_holds(written: Any, meaning: int) -> None:
    numbers = {code: {"label": {"en": str(4 - code)}} for code in (1, 2, 3)}
    raw = {"name": "x", "version": "1", "title": {"en": "t"}, "items": {"IW": {"response_scale": "s"}}}
    each = Instrument.model_validate({**raw, "response_scales": {"s": {"points": numbers}}}, strict=False)
    given = options(c1="1", c2="2", c3="3")
    plan = bound(column("IW", *given, written=written), items=each)
    assert means(plan, "IW", "1") == 3
    other_way = options(c3="3", c1="1", c2="2")
    assert means(bound(column("IW", *other_way, written=written), items=each), "IW", "3") == 1
    recoded = options(c3="1", c2="2", c1="3")
    assert means(bound(column("IW", *recoded, written=written), items=each), "IW", "3") == meaning


def test_a_text_that_is_a_code_and_a_label_is_refused_where_the_export_does_not_say() -> None:
    given = (Option("1", "Disagree", ("3",)), Option("3", "Agree", ("1",)))
    with pytest.raises(ReadingError, match="the code of one option and the label of another: 1, 3"):
        bound(column("IW", *given), items=instrument(IW=CHOICE))


def test_items_are_found_by_the_platforms_id_and_by_tags_of_the_definition() -> None:
    columns = (
        column("one", source_id="QID5_1"),
        column("one_2", source_id="QID6_1"),
        column("Q7", *REVERSED, names=("tag", "Q7")),
    )
    items = instrument(IW=CHOICE, IW_b=CHOICE, tag=CHOICE)
    plan = bound(*columns, items=items, columns={"IW": "QID6_1", "IW_b": "QID5_1"})
    assert [each.item for each in plan.columns] == ["IW_b", "IW", "tag"]


def test_a_tag_that_several_columns_have_is_not_enough() -> None:
    columns = (column("IW", source_id="QID5_1"), column("IW_2", source_id="QID6_1"))
    with pytest.raises(ReadingError, match="several columns are called 'IW'; say under columns"):
        bound(*columns, items=instrument(IW=CHOICE), header=("IW", "IW"))
    plan = bound(*columns, items=instrument(IW=CHOICE), header=("IW", "IW"), columns={"IW": "QID5_1"})
    assert plan.column("IW").item == "IW"


def test_key_columns_are_found_by_the_platforms_id_too() -> None:
    plan = bound(column("IW"), column("org", source_id="municipality", role="embedded", is_personal_data=True),
                 items=instrument(IW=CHOICE), identifiers={"organisation_id": "municipality"})  # fmt: skip
    assert plan.keys == {"organisation_id": "org"}
    assert (plan.column("org").role, plan.column("org").is_personal_data) == ("identifier", False)


def test_a_text_beside_a_choice_is_read_where_an_item_names_it() -> None:
    columns = (column("IW"), column("IW_3_TEXT", role="other_text"))
    items = instrument(IW=CHOICE, why={"kind": "open_text"})
    assert bound(*columns, items=instrument(IW=CHOICE)).column("IW_3_TEXT").role == "other_text"
    plan = bound(*columns, items=items, columns={"why": "IW_3_TEXT"})
    assert (plan.column("IW_3_TEXT").item, plan.column("IW_3_TEXT").kind) == ("why", "open_text")


TICKS = options(c10="Letter", c20="Telephone", c30="E-mail", m1="None")


def held(plan: ReadingPlan) -> dict[str, str]:
    return {each.name: each.option for each in plan.columns if each.item == "tools"}


def test_options_in_columns_are_bound_by_what_the_definition_says_of_them() -> None:
    columns = [
        split(f"Q2_{place}", each.code, *TICKS, question="QID2", names=("tools",)) for place, each in enumerate(TICKS)
    ]
    for settings in ({}, {"columns": {"tools": "QID2"}}, {"columns": {"tools": "Q2"}}):
        plan = bound(*columns, items=instrument(tools=SEVERAL), **settings)
        assert held(plan) == {"Q2_0": "3", "Q2_1": "1", "Q2_2": "2", "Q2_3": "-1"}
        assert {each.kind for each in plan.columns} == {"multiple_choice"}
    assert plan.column("Q2_3").opt_outs["none"] == "not_applicable"
    assert plan.column("Q2_0").opt_outs == {}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["tools_1", "tools_2", "tools_3"], ["1", "2", "3"]),
        (["tools_1", "tools_2", "tools_3", "tools_minus_1"], ["1", "2", "3", "-1"]),
        (["tools_1", "tools_2", "tools_3", "tools_-1"], ["1", "2", "3", "-1"]),
    ],
)
@pytest.mark.parametrize("role", ["item", "multiple_choice_option"])
def test_options_in_columns_are_bound_by_their_names(names: list[str], expected: list[str], role: Any) -> None:
    plan = bound(*(column(name, role=role) for name in names), items=instrument(tools=SEVERAL))
    assert list(held(plan).values()) == expected
    assert {each.role for each in plan.columns} == {"multiple_choice_option"}


def test_the_label_in_a_header_goes_before_the_number_in_its_name() -> None:
    columns = (
        split("tools_1", "1", question_text="Which? - Letter"),
        split("tools_2", "2", question_text="Which? - Selected Choice - E-mail"),
        split("tools_5", "5", question_text="Which? - Telephone"),
    )
    plan = bound(*columns, items=instrument(tools=SEVERAL))
    assert held(plan) == {"tools_1": "3", "tools_2": "2", "tools_5": "1"}
    assert any("tools_1 is called like option 1 and has the label of option 3" in each for each in plan.warnings)


def test_a_study_may_give_the_column_of_every_option_itself() -> None:
    columns = (column("a", source_id="QID2_4"), column("b"), column("c"))
    plan = bound(*columns, items=instrument(tools=SEVERAL), columns={"tools": {1: "c", 3: "QID2_4"}})
    assert held(plan) == {"a": "3", "c": "1"}
    assert any("tools: no column holds the options 2" in warning for warning in plan.warnings)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"tools": {1: "a", 9: "b"}}, r"column for the option 9 of tools; its codes are -1, 1, 2, 3"),
        ({"tools": {1: "a", 2: "x"}}, "'x' holds the option 2 of tools, but there is no such column"),
        ({"tools": {1: "a", 2: "a"}}, "the column 'a' is given for several options of tools"),
        ({"IW": {1: "a"}, "tools": {1: "b"}}, "column for every option of IW, but it is no multiple_choice"),
        ({"tools": {1: "IW"}}, "the column 'IW' is claimed by several items: IW, tools"),
        ({"tools": "QID77"}, "'QID77' holds tools, but there is no such column"),
    ],
)
def test_columns_of_options_that_cannot_be_are_refused(columns: Any, words: str) -> None:
    with pytest.raises(ReadingError, match=words):
        bound(column("a"), column("b"), column("IW"), items=instrument(tools=SEVERAL, IW=CHOICE), columns=columns)


def test_options_of_a_question_that_the_instrument_lacks_are_named() -> None:
    named = [
        split(f"tools_{code}", code, *TICKS[:2], *options(c9="Fax"), question="QID2") for code in ("10", "20", "9")
    ]
    with pytest.raises(ReadingError, match=r"tools: 1 answer option is .* no opt-out .*: 9 \(Fax\)"):
        bound(*named, items=instrument(tools=SEVERAL))
    unnamed = (split("tools_1", "1"), split("tools_7", "7"))
    with pytest.raises(ReadingError, match=r"these columns hold options of tools that are none of its .*: tools_7"):
        bound(*unnamed, items=instrument(tools=SEVERAL))


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ReadingError) as caught:
        bound(column("IW", *options(c1="Disagree", c8="?")), items=instrument(IW=CHOICE, tools=SEVERAL, z=CHOICE),
              columns={"tools": {9: "IW"}}, identifiers={"organisation_id": "nowhere"})  # fmt: skip
    for words in ("no point and no opt-out", "the option 9 of tools", "'z'", "identifiers.organisation_id names"):
        assert words in caught.value.message


def test_one_column_with_all_ticks_is_cut_at_its_separator() -> None:
    plan = bound(column("tools", *TICKS, separator=" "), items=instrument(tools=SEVERAL))
    each = plan.column("tools")
    assert (each.kind, each.separator, each.option) == ("multiple_choice", " ", "")
    assert (each.codes["10"], each.codes["telephone"], each.opt_outs["-1"]) == (3, 1, "not_applicable")
    assert bound(column("tools"), items=instrument(tools=SEVERAL)).column("tools").separator == ","


def test_an_item_of_0_and_1_reads_the_column_of_one_option_in_codes_and_labels() -> None:
    each = split("letter", "10", *TICKS, question="QID2", unticked=frozenset({"-99", "0"}))
    plan = bound(each, items=instrument(letter={"response_scale": "yes_no"}))
    assert [means(plan, "letter", text) for text in ("10", "Letter", "1", "0", "-99")] == [1, 1, 1, 0, 0]


def test_texts_that_mean_seen_but_unanswered_mean_not_ticked_in_the_column_of_an_option() -> None:
    plan = bound(
        split("tools_1", "1"), items=instrument(tools=SEVERAL), missing={"-77": "seen_unanswered", "x": "technical"}
    )
    assert plan.column("tools_1").unticked == {"-77"}
    assert plan.column("tools_1").opt_outs == {"x": "technical"}


def test_numbers_chosen_from_a_list_are_read_from_labels_only() -> None:
    ages = options(c1="18", c2="19")
    items = instrument(age={"kind": "number"})
    assert means(bound(column("age", *ages, written="labels"), items=items), "age", "18") == 18.0
    for written in ("codes", ""):
        with pytest.raises(ReadingError, match=r"age is a number, but the cells hold codes .*1 \(18\), 2 \(19\)"):
            bound(column("age", *ages, written=written), items=items)
    plan = bound(column("place", *ages, written="codes"), items=instrument(place={"kind": "code"}))
    assert any(
        "place is no choice, so its texts are kept as this export writes them: codes" in w for w in plan.warnings
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Which? - E-mail", 2), ("Which? - Selected Choice - Telephone", 1), ("Which-Letter", 3), ("Letter", None),
        ("A nice Letter", None), ("Which? [None]", None), ("Which? - None", -1), ("", None),
    ],
)  # fmt: skip
def test_a_header_that_ends_with_a_label_says_which_option_it_is(text: str, code: int | None) -> None:
    assert label_in_header(text, instrument(tools=SEVERAL).response_scales["tools"]) == code


@given(
    st.permutations([1, 2, 3, 4]),
    st.permutations(["ab", "cd", "ef", "gh"]),
    st.sampled_from(["codes", "labels"]),
)
def test_labels_lead_to_the_same_points_however_the_survey_recodes(
    codes: list[int], order: list[str], written: Any
) -> None:
    points = {place: {"label": {"en": label}} for place, label in enumerate(["ab", "cd", "ef", "gh"], start=1)}
    raw = {"name": "x", "version": "1", "title": {"en": "t"}, "items": {"IW": {"response_scale": "s"}}}
    each = Instrument.model_validate({**raw, "response_scales": {"s": {"points": points}}}, strict=False)
    given_options = tuple(Option(str(code), label) for code, label in zip(codes, order, strict=True))
    found = meanings_of_column(column("IW", *given_options, written=written), each, "IW", {})
    assert found.faults == ()
    for option in given_options:
        place = ["ab", "cd", "ef", "gh"].index(option.label) + 1
        assert found.codes[option.code] == found.codes[fold(option.label)] == place
