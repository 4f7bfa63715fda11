"""Files to damage: for every format small exports and definitions as the platforms write them, from ``tests/writers``.

Put here which files there are; every free answer holds ``MARK``, so that a message that shows an answer is noticed.
"""

import gzip
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pandas as pd
import pyreadstat

from pipelines.readers.files.cut_rows import write_without_rows
from tests.fuzz.plain_samples import plain_samples, surveyxact_definitions
from tests.fuzz.sample import Sample
from tests.fuzz.survival import MARK
from tests.opened import opened_export
from tests.writers import kobo_export, limesurvey_export, limesurvey_sample, qualtrics_export, redcap_export
from tests.writers.delimited import write_workbook
from tests.writers.limesurvey_export import Ask, Group, Part, Survey


def _qualtrics() -> tuple[list[Sample], list[Sample]]:
    choices = (qualtrics_export.Choice("1", "1", "No"), qualtrics_export.Choice("2", "2", "Yes", "yes, 'indeed'"))
    rows = (qualtrics_export.Row("1", "First"), qualtrics_export.Row("4", "Second", "own_tag"))
    questions = (
        qualtrics_export.Question("QID1", "single", "One?", "single", choices),
        qualtrics_export.Question("QID2", "several", "Any?", "multiple", choices),
        qualtrics_export.Question("QID3", "grid", "Each?", "matrix", choices, rows),
        qualtrics_export.Question("QID5", "table", "Which?", "multiple_matrix", choices, rows),
        qualtrics_export.Question("QID6", "hours", "How long?", "text"),
        qualtrics_export.Question("QID4", "text", "In your words?", "text"),
    )
    answers = {"QID1": "1", "QID2": frozenset({"1"}), "QID3_1": "2", "QID5_1": frozenset({"2"}), "QID6": "7"}
    responses = (
        qualtrics_export.Response("R_1", {**answers, "QID4": f"{MARK}, she said"}, embedded={"unit": "a"}),
        qualtrics_export.Response("R_2", {"QID1": None, "QID4": MARK}, 1, False),
        qualtrics_export.Response("R_3", {"QID2": frozenset(), "QID4": f'{MARK} "\n"'}, 2),
    )
    qsf = qualtrics_export.qsf_bytes(questions, ("unit",))
    settings = qualtrics_export.Settings
    layouts = [
        (settings(seen_unanswered="-99"), "delimited ,"),
        (settings("python", values="labels", is_split=False), "delimited ,"),
        (settings("stripped", repeats_choice=True), "delimited ,"),
        (settings("legacy", values="labels"), "delimited ,"),
        (settings(container="tsv"), "bytes"),
    ]
    files = [(qualtrics_export.export_bytes(questions, responses, each, ("unit",)), form) for each, form in layouts]
    exports = [Sample(content, form, definitions) for content, form in files for definitions in ((), (qsf,))]
    return exports, [Sample(qsf, "json", export=content) for content, _ in files[:2]]


def _said(text: str) -> dict[str, str]:
    return {"en": text, "de": f"{text} (de)"}


def _limesurvey() -> dict[str, list[Sample]]:
    parts = (Part(41, "1", _said("No"), 0, 1), Part(42, "2", _said("Yes"), 0, 2))
    asks = (
        Ask(51, "single", "L", _said("One?"), answers=parts),
        Ask(52, "several", "M", _said("Any?"), rows=parts, has_other=True),
        Ask(53, "grid", "F", _said("Each?"), rows=parts, answers=parts),
        Ask(54, "hours", "N", _said("How long?")),
        Ask(55, "text", "T", _said("In your words?")),
    )
    small = Survey(77, ("en", "de"), _said("Survey"), (Group(5, _said("Group"), asks),))
    names = [each.old for each in small.fields()]
    texts = ["1", "Y", "", MARK, "2", "1", "7", f"{MARK}\n\t{{x}}"]
    own = {"id": "1", "submitdate": "2026-03-01 09:12:00", "lastpage": "1", "startlanguage": "en"}
    rows = [{**own, **dict(zip(names, texts, strict=True))}, {**own, "id": "2", "submitdate": None}]
    large = limesurvey_sample.SURVEY, [{**each} for each in limesurvey_sample.RESPONSES]
    found: dict[str, list[Sample]] = {name: [] for name in ("csv", "vv", "lsr", "lsa", "definitions")}
    for survey, responses in ((small, rows), large):
        lss, old = limesurvey_export.write_lss(survey), limesurvey_export.write_lss(survey, is_old=True)
        tabs = limesurvey_export.write_tabs(survey)
        styles = ("code", "codetext", "full", "abbreviated") if survey is small else ("code", "codetext")
        csvs = [
            limesurvey_export.write_csv(
                survey, responses, limesurvey_export.headings(survey, style), answers="short" if place % 2 else "long"
            )
            for place, style in enumerate(styles)
        ]
        found["csv"] += [Sample(each, "delimited ,", given) for each in csvs for given in ((), (lss,))]
        vvs = [limesurvey_export.write_vv(survey, responses, version) for version in (1, 2)]
        found["vv"] += [Sample(each, "delimited \t", given) for each in vvs for given in ((), (lss,))]
        lsr = limesurvey_export.write_lsr(survey, responses)
        found["lsr"] += [Sample(lsr, "bytes", given) for given in ((), (old,))]
        lsa = limesurvey_export.write_lsa([("survey_77.lss", lss), ("survey_77_responses.lsr", lsr)])
        found["lsa"].append(Sample(lsa, "zip"))
        found["definitions"] += [Sample(lss, "bytes", export=csvs[0]), Sample(old, "bytes", export=vvs[0])]
        found["definitions"] += [Sample(tabs, "delimited \t", export=csvs[1]), Sample(lsa, "zip", export=lsr)]
    return found


def _redcap() -> tuple[list[Sample], list[Sample]]:
    fields = (
        redcap_export.Field("record_id", "first", label="Record ID"),
        redcap_export.Field("single", "first", "radio", "One?", (("1", "No"), ("2", "Yes"))),
        redcap_export.Field("several", "first", "checkbox", "Any?", (("1", "No"), ("-2", "Yes, always"))),
        redcap_export.Field("hours", "second", "text", "How long?", validation="number", least="0", most="60"),
        redcap_export.Field("text", "second", "notes", "In your words?", branching="[single] = '1'"),
        redcap_export.Field("agree", "second", "yesno", "Agreed?", matrix="m", annotation="@NOMISSING"),
    )
    project = redcap_export.Project(fields, frozenset({"second"}), ("UNK",), ("redcap_event_name",))
    rows = [
        {"record_id": "1", "single": "1", "several": {"1"}, "hours": "7", "text": MARK, "first_complete": "2"},
        {"record_id": "2", "single": "", "several": (), "text": f'{MARK} "\n', "second_timestamp": "[not completed]"},
    ]
    dictionary = redcap_export.dictionary(project).encode()
    files = [
        redcap_export.export(project, rows, labels=labels, label_headers=headers).text.encode()
        for labels, headers in ((False, False), (True, False), (True, True))
    ]
    exports = [Sample(each, "delimited ,", given) for each in files for given in ((), (dictionary,))]
    api = redcap_export.dictionary(project, api=True).encode()
    return exports, [Sample(each, "delimited ,", export=files[0]) for each in (dictionary, api)]


def _kobo() -> tuple[list[Sample], list[Sample]]:
    row = kobo_export.Row
    form = kobo_export.Form(
        (
            row("start", "start"),
            row("begin_group", "work", "Work"),
            row("select_one yn", "single", "One?", required="yes"),
            row("select_multiple yn", "several", "Any?", relevant="${single} = '1'"),
            row("end_group"),
            row("integer", "hours", "How <b>long</b>, ${single}?", constraint=". >= 0 and . <= 60"),
            row("text", "text", "In your words?"),
            row("begin_repeat", "people", "People"),
            row("text", "person", "Name"),
            row("end_repeat"),
        ),
        {"yn": (("1", "No"), ("2", "Yes"))},
    )
    rows = [
        {"single": "1", "several": "1 2", "hours": "7", "text": MARK, "person": MARK},
        {"single": "", "several": "", "hours": "-999", "text": f"{MARK}\n;", "person": MARK},
    ]
    style = kobo_export.Style
    styles = (style(), style("", through_r=True, delimiter=","), style(labels=True), style("-", platform="odk"))
    sheets = tuple(
        kobo_export.as_csv(each).encode() for each in (kobo_export.survey_sheet(form), kobo_export.choices_sheet(form))
    )
    files = [(kobo_export.export(form, rows, each).text.encode(), f"delimited {each.delimiter}") for each in styles]
    files.append((kobo_export.export(form, rows, repeat="people").text.encode(), "delimited ;"))
    exports = [Sample(content, kind, given) for content, kind in files for given in ((), sheets)]
    definitions = [Sample(sheets[0], "delimited ,", (sheets[1],), export=files[0][0])]
    definitions.append(Sample(sheets[1], "delimited ,", (sheets[0],), export=files[0][0]))
    return exports, [*definitions, Sample(_workbook(form), "zip", export=files[0][0])]


def _workbook(form: kobo_export.Form) -> bytes:
    book = openpyxl.Workbook()
    sheets = {"survey": kobo_export.survey_sheet(form), "choices": kobo_export.choices_sheet(form)}
    for place, (name, rows) in enumerate(sheets.items()):
        sheet = book.active if place == 0 else book.create_sheet()
        sheet.title = name
        for cells in rows:
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _generic() -> list[Sample]:
    table = f'id,single,several,hours,text\n1,Yes,No,7,{MARK}\n2,,Yes,"1,5","{MARK} ""\n"\n'
    texts = (table, table.replace(",", ";"), table.replace(",", "\t"))
    encoded = [(text.encode(), f"delimited {delimiter}") for text, delimiter in zip(texts, ",;\t", strict=True)]
    encoded += [(table.replace("Yes", "Weiß nicht").encode(code), "bytes") for code in ("utf-16", "cp1252")]
    return [Sample(content, form, platform="generic") for content, form in encoded]


def _workbooks() -> list[Sample]:
    rows = [["id", "single", "several", "hours", "text"], ["1", "Yes", "No", "7", MARK], ["2", "", "Yes", "1,5", MARK]]
    with TemporaryDirectory() as folder:
        path = write_workbook(Path(folder) / "e.xlsx", {"Data": rows, "Notes": [["a note"]]})
        return [Sample(path.read_bytes(), "zip")]


def _statistics_files() -> list[Sample]:
    """Make files of SPSS and Stata, which another process reads."""
    frame = pd.DataFrame({"single": [1.0, 2.0, None], "hours": [7.0, -99.0, 1.5], "text": [MARK, "", f"{MARK}, so"]})
    labels = {"single": {1: "No", 2: "Yes"}, "hours": {-99: "No answer"}}
    with TemporaryDirectory() as folder:
        pyreadstat.write_sav(frame, f"{folder}/a.sav", variable_value_labels=labels, missing_ranges={"hours": [-99]})
        pyreadstat.write_sav(frame, f"{folder}/a.zsav", variable_value_labels=labels, compress=True)
        pyreadstat.write_dta(frame, f"{folder}/a.dta", variable_value_labels={"single": labels["single"]})
        pyreadstat.write_por(frame, f"{folder}/a.por")
        return [Sample(path.read_bytes(), "bytes") for path in sorted(Path(folder).iterdir())]


def _containers(tables: Sequence[Sample]) -> list[Sample]:
    found: list[Sample] = []
    for each in tables:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("export.csv", each.content)
        found += [Sample(out.getvalue(), "zip"), Sample(gzip.compress(each.content, mtime=0), "bytes")]
    return found


def _kept_cells(archive: bytes) -> list[Sample]:
    """Make what is left of an export in a format of its own once a response was taken out of it."""
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "survey.lsa", Path(folder) / "rest"
        source.write_bytes(archive)
        write_without_rows(opened_export(source), {2}, target)
        return [Sample(target.read_bytes(), "bytes")]


def _all() -> tuple[Mapping[str, list[Sample]], Mapping[str, list[Sample]]]:
    qualtrics, qsf = _qualtrics()
    limesurvey = _limesurvey()
    redcap, dictionaries = _redcap()
    kobo, xlsforms = _kobo()
    tables = [replace(each, definitions=()) for each in (qualtrics[0], limesurvey["csv"][0], redcap[0])]
    exports = {
        "Qualtrics": qualtrics,
        "LimeSurvey CSV": limesurvey["csv"],
        "LimeSurvey VV": limesurvey["vv"],
        "LimeSurvey .lsr": limesurvey["lsr"],
        "LimeSurvey .lsa": limesurvey["lsa"],
        "REDCap": redcap,
        "Kobo and ODK": kobo,
        **plain_samples(),
        "plain table": _generic(),
        "workbook": _workbooks(),
        "SPSS and Stata": _statistics_files(),
        "zip and gzip": _containers(tables),
        "rest of an erasure": _kept_cells(limesurvey["lsa"][0].content),
    }
    definitions = {
        "Qualtrics .qsf": qsf,
        "LimeSurvey .lss, .lsa, tab-separated": limesurvey["definitions"],
        "REDCap data dictionary": dictionaries,
        "XLSForm": xlsforms,
        "SurveyXact structure and labels": surveyxact_definitions(),
    }
    return exports, definitions


EXPORTS, DEFINITIONS = _all()
EVERY_CONTENT = tuple(each.content for samples in (*EXPORTS.values(), *DEFINITIONS.values()) for each in samples)
