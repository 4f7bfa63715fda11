"""A form written for LimeSurvey: exports of the survey that comes of it are read without any mapping."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from instruments.faults import UsageError
from instruments.forms.limesurvey import write_lss
from instruments.forms.load import library_labels
from instruments.forms.writers import form_of
from instruments.spec import Instrument
from tests.instruments.answered_forms import (
    FORM_NAMES,
    LANGUAGES,
    Answers,
    Asking,
    asking,
    check,
    draw,
    given,
    half_of,
    odd,
    question_of,
    with_nothing_ticked,
    written,
)
from tests.received import Delivery
from tests.writers import limesurvey_export
from tests.writers.limesurvey_import import fields_of, imported, imported_tabs, read_texts, tables_of

Write = Callable[..., bytes]


def headed(style: str, answers: str = "short") -> Write:
    """Return a writer of CSV with headings in a style; labels in the survey's first language."""

    def write(survey: limesurvey_export.Survey, rows: Sequence[Mapping[str, str | None]]) -> bytes:
        head = limesurvey_export.headings(survey, style, "en")
        return limesurvey_export.write_csv(survey, rows, head, answers=answers, language=survey.languages[0])

    return write


WRITES: Mapping[str, Write] = {
    "code": headed("code"),
    "spoken": headed("em"),
    "code, labels": headed("code", "long"),
    "vv": limesurvey_export.write_vv,
    "lsr": limesurvey_export.write_lsr,
}
FEW = (
    ("top_managers", "en", "code", True),
    ("middle_managers", "da", "spoken", False),
    ("frontline_staff", "da", "vv", True),
    ("citizens", "en", "code", False),
    ("partners", "en", "vv", False),
    ("citizens", "da", "code, labels", False),
)


def rows_of(survey: limesurvey_export.Survey, answers: Sequence[Mapping[str, Any]]) -> list[dict[str, str | None]]:
    found: list[dict[str, str | None]] = []
    for number, each in enumerate(answers, start=1):
        row: dict[str, str | None] = {
            "id": str(number), "submitdate": "2026-03-01 09:12:00", "lastpage": str(len(survey.groups)),
            "startlanguage": survey.languages[0],
        }  # fmt: skip
        for field in survey.fields():
            whole = field.old.removesuffix(field.code.partition("[")[2].removesuffix("]"))
            if field.ask.kind == "M":
                row[field.old] = "Y" if field.old.removeprefix(whole) in each.get(whole, ()) else ""
            else:
                row[field.old] = each.get(field.old, "")
        found.append(row)
    return found


def exported(asked: Asking, content: bytes, drawn: Sequence[Answers], how: str, *, has_definition: bool) -> Delivery:
    survey, shown = imported(content)
    export = WRITES[how](survey, rows_of(survey, given(asked, shown, drawn)))
    definition = {"form.lss": content} if has_definition else {}
    return Delivery("e.lsr" if how == "lsr" else "e.csv", export, definition, {"time_zone": "UTC"})


def holds(asked: Asking, content: bytes, how: str, *, has_definition: bool, folder: Path) -> None:
    drawn = draw(asked)
    delivery = exported(asked, content, drawn, how, has_definition=has_definition)
    said = with_nothing_ticked(asked, drawn) if "labels" in how else drawn
    check(folder, asked, delivery, said, "seen_unanswered" if how in ("vv", "lsr") else "unknown_blank")


def holds_in_tabs(asked: Asking, how: str, *, has_definition: bool, folder: Path) -> None:
    content = written(asked.form.name, asked.language, "limesurvey-tsv")
    (survey, shown), drawn = imported_tabs(content), draw(asked)
    export = WRITES[how](survey, rows_of(survey, given(asked, shown, drawn)))
    definition = {"form.txt": content} if has_definition else {}
    delivery = Delivery("e.csv", export, definition, {"time_zone": "UTC"})
    check(folder, asked, delivery, drawn, "seen_unanswered" if how == "vv" else "unknown_blank")


@pytest.mark.parametrize(("name", "language", "how", "has_definition"), FEW)
def test_exports_are_read_as_answered(name: str, language: str, how: str, has_definition: bool, tmp_path: Path) -> None:
    content = written(name, language, "limesurvey")
    holds(asking(name, language), content, how, has_definition=has_definition, folder=tmp_path)


@pytest.mark.parametrize(("name", "language", "how", "has_definition"), [FEW[3], ("partners", "da", "code", True)])
def test_exports_of_a_form_in_tabs_are_read_as_answered(
    name: str, language: str, how: str, has_definition: bool, tmp_path: Path
) -> None:
    holds_in_tabs(asking(name, language), how, has_definition=has_definition, folder=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "language", "how", "has_definition"), half_of(FORM_NAMES, LANGUAGES, ("code",), (True, False))
)
def test_exports_of_every_form_in_tabs_are_read_as_answered(
    name: str, language: str, how: str, has_definition: bool, tmp_path: Path
) -> None:
    holds_in_tabs(asking(name, language), how, has_definition=has_definition, folder=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "language", "how", "has_definition"),
    [
        each
        for each in half_of(FORM_NAMES, LANGUAGES, ("code", "code, labels", "vv", "lsr"), (True, False))
        if each[3] or each[2] != "lsr"
    ],
)
def test_exports_of_every_form_are_read_as_answered(
    name: str, language: str, how: str, has_definition: bool, tmp_path: Path
) -> None:
    content = written(name, language, "limesurvey")
    holds(asking(name, language), content, how, has_definition=has_definition, folder=tmp_path)


@pytest.mark.parametrize(("how", "has_definition"), [("code", True), ("code", False), ("spoken", False), ("vv", True)])
def test_names_and_codes_that_limesurvey_spells_otherwise_are_known(
    how: str, has_definition: bool, tmp_path: Path
) -> None:
    asked = odd()
    content = write_lss(asked.form, asked.instruments, {})
    holds(asked, content, how, has_definition=has_definition, folder=tmp_path)


def test_codes_are_names_without_underscores_and_signs_are_letters() -> None:
    tables = tables_of(write_lss(odd().form, odd().instruments, {}))
    assert [each["title"] for each in tables["questions"]] == ["grid1", "Q5x1", "Q5x12", "Q51"]
    rows = [each["title"] for each in tables["subquestions"]]
    assert rows == ["Q1x1", "Q1x2", "Q11", "q2b", "Q3x4", "1", "2", "8", "M8"]
    assert [each["code"] for each in tables["answers"]] == ["M2", "M1", "0", "1", "2", "M8"]


@pytest.mark.parametrize("name", FORM_NAMES)
def test_every_item_is_shown_with_its_options_and_limits(name: str) -> None:
    asked = asking(name, "en")
    _, shown = imported(written(name, "en", "limesurvey"))
    assert len(shown) == len(asked.items)
    for item_name, item, instrument in asked.items:
        found, scale = question_of(asked, shown, item_name), instrument.response_scale_of(item_name)
        options = [] if scale is None else [each.label for each in (*scale.points.values(), *scale.opt_outs.values())]
        assert [dict(labels) for labels, _ in found.options] == options
        if item.kind == "number":
            is_part = any(item_name in each.items for each in instrument.constant_sums.values())
            assert found.limits == (f"{item.least:g}", f"{item.most:g}", "100" if is_part else "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_introduction_and_definition_are_there_with_the_word_of_the_study(language: str) -> None:
    texts = read_texts(written("top_managers", "en", "limesurvey"), language)
    word = {"en": "co-production", "da": "samskabelse"}[language]
    definition = library_labels()["COPROD"].shown_definition[language].replace("{COPROD}", word)
    assert {asking("top_managers", "en").form.introduction[language], definition} <= set(texts)


def test_what_looks_like_mark_up_or_an_expression_is_shown_as_written() -> None:
    strange = "Is 1 < 2 & {token} <b>true</b> ]]>?"
    form = odd().form.model_copy(update={"introduction": {"en": strange, "da": "x"}})
    content = write_lss(form, odd().instruments, {})
    assert strange in read_texts(content, "en")
    assert b"{token}" not in content


@pytest.mark.parametrize(
    ("items", "points", "says"),
    [
        (["STR_account_of_managers_xy"], 5, "STRaccountofmanagersxy without underscores, 22 characters of at most 20"),
        (["IW_1", "I_W1"], 5, "IW_1 and I_W1 are both IW1 without underscores; rename one"),
        (["to_ken"], 5, "to_ken is token without underscores, which is reserved"),
        (["grid_1"], 5, "grid_1 is grid1 without underscores, which is reserved"),
        (["a"], -10_000, "option -10000 of x_s becomes M10000, 6 characters of at most 5"),
        ([f"item_{number}" for number in range(1_008)], 5, "its 1008 columns and LimeSurvey's own 10 are more than"),
    ],
)
def test_a_form_that_limesurvey_does_not_take_is_refused(items: list[str], points: int, says: str) -> None:
    raw = {
        "name": "x", "version": "1", "title": {"en": "X"}, "response_scales": {"s": {"points": {1: {}, points: {}}}},
        "items": {name: {"response_scale": "s", "text": {"en": f"Of {name}"}} for name in items},
    }  # fmt: skip
    instrument = Instrument.model_validate(raw, strict=False)
    with pytest.raises(UsageError, match="cannot be written for LimeSurvey") as refused:
        write_lss(form_of(instrument), {"x": instrument}, {})
    assert says in str(refused.value)


@pytest.mark.parametrize("name", FORM_NAMES)
def test_both_kinds_of_file_hold_the_same_survey(name: str) -> None:
    tables, tabs = (
        imported(written(name, "da", "limesurvey"))[1],
        imported_tabs(written(name, "da", "limesurvey-tsv"))[1],
    )
    assert tables == tabs


@pytest.mark.reference
def test_every_column_of_tabs_occurs_in_the_real_files(reference: Path) -> None:
    files = sorted((reference / "data/limesurvey/limonaid-structure").glob("*.txt"))
    assert len(files) == 2
    heads = [set(path.read_text().splitlines()[0].split("\t")) for path in files]
    ours = written("citizens", "en", "limesurvey-tsv").decode("utf-8-sig").splitlines()[0].split("\t")
    assert set(ours) <= set.union(*heads)


@pytest.mark.reference
def test_every_table_column_and_attribute_occurs_in_the_real_files(reference: Path) -> None:
    folder = reference / "data/limesurvey"
    files = [*sorted(folder.glob("*/*.lss")), *sorted(folder.glob("*/*.lsg"))]
    assert len(files) == 4
    columns: dict[str, set[str]] = {}
    attributes = {
        name for path in folder.glob("limonaid-structure/*.txt") for name in path.read_text().splitlines()[0].split()
    }
    for path in files:
        for table, names in fields_of(path.read_bytes()).items():
            columns.setdefault(table, set()).update(names)
        attributes |= {row["attribute"] for row in tables_of(path.read_bytes()).get("question_attributes", ())}
    for name in FORM_NAMES:
        content = written(name, "en", "limesurvey")
        for table, names in fields_of(content).items():
            assert set(names) <= columns[table], table
        assert {row["attribute"] for row in tables_of(content)["question_attributes"]} <= attributes


def test_the_same_form_is_always_the_same_file() -> None:
    assert written("partners", "en", "limesurvey") == written.__wrapped__("partners", "en", "limesurvey")
