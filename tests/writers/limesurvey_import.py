"""An ``.lss`` file → the survey that LimeSurvey would make of it, as respondents see it and as it exports answers."""

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from tests.writers.imported import Shown, Texts, plain
from tests.writers.limesurvey_export import Ask, Group, Part, Survey

Rows = list[dict[str, str]]


def imported(content: bytes) -> tuple[Survey, list[Shown]]:
    """Return the survey, and what is shown; keys are names of columns in the database up to version 6."""
    tables = tables_of(content)
    settings = tables["surveys"][0]
    languages = (settings["language"], *settings["additional_languages"].split())
    texts_of_groups = _texts(tables["group_l10ns"], "gid", "group_name")
    groups = tuple(
        Group(int(each["gid"]), texts_of_groups[each["gid"]], tuple(_asks(tables, each["gid"])))
        for each in sorted(tables["groups"], key=lambda row: int(row["group_order"]))
    )
    titles = {each["surveyls_language"]: each["surveyls_title"] for each in tables["surveys_languagesettings"]}
    survey = Survey(int(settings["sid"]), languages, titles, groups, settings["format"])
    return survey, [shown for group in groups for ask in group.asks for shown in _shown(survey, group, ask)]


def tables_of(content: bytes) -> dict[str, Rows]:
    """Return the rows of every table; an element without text is an empty cell."""
    root = ET.fromstring(content)
    return {
        table.tag: [{cell.tag: cell.text or "" for cell in row} for row in table.findall("rows/row")] for table in root
    }


def imported_tabs(content: bytes) -> tuple[Survey, list[Shown]]:
    """Return the survey of a tab-separated structure, and what is shown, as :func:`imported` does."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter="\t"))
    settings = {each["name"]: each["text"] for each in rows if each["class"] == "S"}
    languages = (settings["language"], *settings["additional_languages"].split())
    texts: dict[tuple[str, ...], dict[str, str]] = {}
    owner, tree = ("", ""), dict[str, dict[str, dict[str, Rows]]]()
    for each in rows:
        kind, language = each["class"], each["language"]
        if kind == "G":
            owner = (each["id"], "")
            tree.setdefault(each["id"], {})
        if kind == "Q":
            owner = (owner[0], each["id"])
            tree[owner[0]].setdefault(each["id"], {"Q": [each], "SQ": [], "A": []})
        if kind in ("SQ", "A") and language == languages[0]:
            tree[owner[0]][owner[1]][kind].append(each)
        if kind in ("G", "Q", "SQ", "A"):
            key = (kind, each["id"], each["name"] if kind == "A" else "")
            texts.setdefault(key, {})[language] = plain(each["text" if kind != "G" else "name"])
    titles = {each["language"]: each["text"] for each in rows if each["name"] == "surveyls_title"}
    groups = tuple(
        Group(int(gid), texts["G", gid, ""], tuple(_ask(asked, texts) for asked in questions.values()))
        for gid, questions in tree.items()
    )
    survey = Survey(int(settings["sid"]), languages, titles, groups, settings["format"])
    return survey, [shown for group in groups for ask in group.asks for shown in _shown(survey, group, ask)]


def _ask(asked: Mapping[str, Rows], texts: Mapping[tuple[str, ...], Texts]) -> Ask:
    (own,) = asked["Q"]
    return Ask(
        int(own["id"]),
        own["name"],
        own["type/scale"],
        texts["Q", own["id"], ""],
        tuple(Part(int(row["id"]), row["name"], texts["SQ", row["id"], ""]) for row in asked["SQ"]),
        tuple(Part(place, row["name"], texts["A", own["id"], row["name"]]) for place, row in enumerate(asked["A"])),
        attributes=own,
    )


def fields_of(content: bytes) -> dict[str, list[str]]:
    """Return the columns of every table."""
    root = ET.fromstring(content)
    return {table.tag: [each.text or "" for each in table.findall("fields/fieldname")] for table in root}


def read_texts(content: bytes, language: str) -> list[str]:
    """Return the texts that are only read, in a language."""
    tables = tables_of(content)
    texts = _texts(tables["question_l10ns"], "qid", "question")
    greetings = [plain(each["surveyls_welcometext"]) for each in tables["surveys_languagesettings"]
                 if each["surveyls_language"] == language]  # fmt: skip
    return greetings + [texts[each["qid"]][language] for each in tables["questions"] if each["type"] == "X"]


def _asks(tables: Mapping[str, Rows], gid: str) -> list[Ask]:
    texts = _texts(tables["question_l10ns"], "qid", "question")
    labels = _texts(tables["answer_l10ns"], "aid", "answer")
    return [
        Ask(
            int(each["qid"]),
            each["title"],
            each["type"],
            texts[each["qid"]],
            tuple(
                Part(int(row["qid"]), row["title"], texts[row["qid"]])
                for row in _in_order(tables.get("subquestions", ()), "parent_qid", each["qid"], "question_order")
            ),
            tuple(
                Part(int(row["aid"]), row["code"], labels[row["aid"]])
                for row in _in_order(tables.get("answers", ()), "qid", each["qid"], "sortorder")
            ),
            attributes={
                row["attribute"]: row["value"]
                for row in tables.get("question_attributes", ())
                if row["qid"] == each["qid"]
            },
        )
        for each in _in_order(tables["questions"], "gid", gid, "question_order")
    ]


def _shown(survey: Survey, group: Group, ask: Ask) -> list[Shown]:
    column = f"{survey.number}X{group.number}X{ask.number}"
    limits: Any = tuple(
        ask.attributes.get(name, "") for name in ("min_num_value_n", "max_num_value_n", "equals_num_value")
    )
    if ask.kind == "X":
        return []
    if ask.kind == "M":
        return [Shown(column, ask.texts, options=tuple((row.texts, row.code) for row in ask.rows), is_multiple=True)]
    options = tuple((answer.texts, answer.code) for answer in ask.answers)
    if ask.rows:
        return [Shown(f"{column}{row.code}", row.texts, ask.texts, options, limits=limits) for row in ask.rows]
    return [Shown(column, ask.texts, options=options, limits=limits)]


def _in_order(rows: Sequence[Mapping[str, str]], owner: str, number: str, order: str) -> list[Mapping[str, str]]:
    return sorted((row for row in rows if row[owner] == number), key=lambda row: int(row[order]))


def _texts(rows: Sequence[Mapping[str, str]], key: str, name: str) -> dict[str, Texts]:
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row[key], {})[row["language"]] = plain(row[name])
    return dict(found)
