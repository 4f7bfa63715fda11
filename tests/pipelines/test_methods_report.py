"""The report of methods: figures of the warehouse, every statistic with its definition, nothing blank, nobody shown."""

import html
import json
import re
import stat
from dataclasses import replace
from functools import cache
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from models.ledger import ENTRIES, ledger
from models.regression.diagnostics import LOOK_BELOW, LOOK_FROM
from models.sections.inference import PANEL, Estimator, covariances_of
from pipelines.board_report.html import html_of
from pipelines.board_report.pdf import document_of, pdf_of
from pipelines.board_report.value import Figure, Report, Table
from pipelines.commands.report_methods import found_in
from pipelines.load import load_study
from pipelines.methods_report import defined, defined_measures
from pipelines.methods_report.content import report_of
from pipelines.methods_report.diagnostics import _named
from pipelines.methods_report.factors import _asked
from pipelines.methods_report.found import WORDINGS, Found
from pipelines.methods_report.specification import _key
from pipelines.store import Store
from pipelines.tables import fitted, out, shapes
from pipelines.tables.measurement import DISCRIMINANT, FIT_INDICES, GATES, INVARIANCE, LOADINGS, VALIDITY
from tests.command_line import done, sensemaking
from tests.run_steps import bring_up_to_date
from tests.small_study import SECRET, add_measurement, build_small_study

LANGUAGES = ("en", "da")
HOSTILE = "We #panic() *plan* $x$ [<b>together</b>] @ref & more"
MEASUREMENT = """\
name: together
kind: measurement
title: {en: Teamwork and trust, da: Samarbejde og tillid}
scales: [teamwork, trust]
estimator: ml
clusters: false
comparisons:
  - {over: wave}
item_functioning: {over: [wave], alpha: 0.2}
gates:
  reliability: {coefficient: alpha, at_least: 0.99}
"""
EVIDENCE = 'version: "1"\nevidence: {en: None yet, da: Intet endnu}\n'
CENTRED = """\
variants:
  - name: moderated
    focal: {variable: teamwork, centre: grand_mean}
    regressors:
      - {variable: teamwork, centre: grand_mean}
      - {variable: tenure, centre: grand_mean}
      - interaction: [{variable: teamwork, centre: grand_mean}, {variable: tenure, centre: grand_mean}]
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_small_study(tmp_path_factory.mktemp("methods") / "small")
    add_measurement(folder, MEASUREMENT)
    for name, before, after in (
        ("instruments/teamwork.yaml", "{en: We plan together.}", json.dumps({"en": HOSTILE})),
        ("instruments/teamwork.yaml", 'version: "1"\n', EVIDENCE),
        ("models/trust.yaml", "variants:\n", CENTRED),
    ):
        path = folder / name
        assert before in path.read_text(encoding="utf-8")
        path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    bring_up_to_date(folder)
    return folder


@cache
def found(folder: Path, language: str) -> Found:
    return found_in(load_study(folder), language)


@cache
def report(folder: Path, language: str) -> Report:
    return report_of(found(folder, language))


@cache
def page(folder: Path, language: str) -> str:
    return html_of(report(folder, language), found(folder, language).wording)


def tables(made: Report) -> list[Table]:
    return [table for section in made.sections for table in section.tables]


def words(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)))


def test_both_languages_say_the_same_with_the_same_placeholders():
    english, danish = (WORDINGS[language] for language in LANGUAGES)
    assert english.keys() == danish.keys()
    for key, text in english.items():
        fields = [{name for _, name, _, _ in Formatter().parse(each) if name} for each in (text, danish[key])]
        assert fields[0] == fields[1], key


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (out.RELIABILITY, ("estimate", "conf_low", "conf_high", "n_obs")),
        (out.ITEMS, ("mean", "std_dev", "item_rest_r", "alpha_if_dropped", "share_missing")),
        (out.SCALE_MEANS, ("mean", "conf_low", "conf_high")),
        (out.AGREEMENT, ("icc_1", "icc_2", "rwg_j_mean", "rwg_j_median", "n_groups")),
        (INVARIANCE, ("chi_square_difference", "p_value", "delta_cfi", "delta_rmsea")),
        (VALIDITY, ("variance_extracted", "composite_reliability")),
        (DISCRIMINANT, ("correlation", "htmt", "htmt_low", "htmt_high")),
        (shapes.SLOPES, ("estimate", "conf_low", "conf_high", "p_value")),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_the_warehouse_stands_in_the_report_as_it_is(study, language, table, columns):
    rows = Store(load_study(study).warehouse).read(table)
    figures = {each.value for each in report(study, language).figures()}
    assert len(rows)
    for column in columns:
        assert {float(each) for each in rows[column].dropna()} <= figures


def test_estimates_and_loadings_are_those_of_the_warehouse_as_papers_print_them(study):
    store, numerals = Store(load_study(study).warehouse), found(study, "en").words.numerals
    cells = " ".join(str(cell) for table in tables(report(study, "en")) for row in table.rows for cell in row)
    estimates = store.read(out.ESTIMATES)
    assert len(set(estimates["variant"])) == 3
    for value in estimates["p_value"]:
        assert numerals.p_value(value) in cells
    loadings = store.read(LOADINGS)
    for value in loadings.loc[loadings["kind"] == "loading", "standardised"]:
        assert numerals.without_nought(value, 2) in cells
    indices = store.read(FIT_INDICES)
    whole = indices[(indices["over"] == "") & indices["fit_index"].isin(["cfi", "rmsea", "srmr"])]
    for value in whole["value"]:
        assert numerals.without_nought(value, 3) in cells


def test_diagnostics_readings_and_joint_tests_stand_side_by_side(study):
    store, made = Store(load_study(study).warehouse), found(study, "en")
    cells = [str(cell) for table in tables(report(study, "en")) for row in table.rows for cell in row]
    for value in store.read(fitted.JOINT_TESTS)["statistic"].dropna():
        assert any(made.number(value) in cell for cell in cells)
    diagnostics = store.read(out.DIAGNOSTICS)
    leverages = diagnostics.loc[diagnostics["diagnostic"] == "max_leverage", "value"]
    row = next(row for table in tables(report(study, "en")) for row in table.rows if row[0] == "Largest leverage")
    assert sorted(row[2:]) == sorted(made.number(value) for value in leverages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_statistic_leads_to_its_definition_and_every_definition_is_led_to(study, language):
    sections = report(study, language).sections
    entries = [section for section in sections if section.anchor]
    used = {link.anchor for table in tables(report(study, language)) for link in table.defined}
    assert sorted(section.anchor for section in entries) == sorted(used)
    assert len(used) > 15
    known = {each.name: each for part in ENTRIES for each in ledger(part)}
    for section in entries:
        entry = known[section.title]
        said = " ".join(section.lines)
        assert entry.formula in said
        assert entry.source in said
        assert section.code in entry.r_call
        assert bool(section.code) == (not entry.r_call.startswith("none") or entry.r_call.startswith("none run: "))
        assert section.code or entry.r_call.removeprefix("none").removeprefix(": ") in said
    for link in used:
        assert f'href="#{link}"' in page(study, language)
        assert f'id="{link}"' in page(study, language)


def test_every_table_of_statistics_is_defined(study):
    made = report(study, "en")
    plain = {WORDINGS["en"][key] for key in ("made_caption", "tables_caption", "spec_caption", "origin_caption")}
    for table in tables(made):
        is_of_words = table.n_labels == len(table.heads) or table.caption in plain
        assert is_of_words or table.defined, table.caption


def test_what_a_statistic_is_called_is_in_the_ledger():
    known = {each.name for part in ENTRIES for each in ledger(part)}
    maps = (defined_measures.MEASURED, defined_measures.CONDITIONS, defined.ESTIMATORS, defined.DIAGNOSTICS,
            defined.READINGS, defined.SHAPES, defined.ENGINES)  # fmt: skip
    assert {name for each in maps for names in each.values() for name in names} <= known
    anchors = [defined.anchor_of(name) for name in known]
    assert len(set(anchors)) == len(anchors)


@pytest.mark.parametrize("estimator", [each for part in get_args(Estimator) for each in get_args(part) or (part,)])
def test_every_estimator_and_covariance_is_defined(estimator):
    known = {each.name for part in ENTRIES for each in ledger(part)}
    kinds = ("OLS", "WLS", "OLS_within", "WLS_within") if estimator == "linear" else (estimator,)
    for kind in kinds:
        assert defined.ESTIMATORS[kind]
        for covariance in (*covariances_of(estimator), "CR1S_two_way"):
            assert defined.of_covariance(kind, covariance)
            assert set(defined.of_covariance(kind, covariance)) <= known
    assert estimator not in PANEL or defined.ESTIMATORS[estimator] is defined.PANEL


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_of_the_ledger_has_a_heading(language):
    assert {f"definitions_{part}" for part in ENTRIES} <= set(WORDINGS[language])


def test_every_diagnostic_and_reading_has_a_name_and_no_statistic_is_forgotten():
    counted = {"least_category_n", "n_clusters", "n_alone", "least_outcome_n", "responses_per_coefficient",
               "bootstrap_failed", "n_groups", "empty_categories"}  # fmt: skip
    assert {*LOOK_FROM, *LOOK_BELOW} - counted <= set(defined.DIAGNOSTICS)
    for kind, names in (("diagnostic", {*LOOK_FROM, *LOOK_BELOW, *defined.DIAGNOSTICS}), ("reading", defined.READINGS)):
        named = {name for name in names if f"{kind}_{name}" in WORDINGS["en"]}
        assert set(names) - named <= {"simple_slopes", "johnson_neyman"}


@pytest.mark.parametrize(
    ("language", "told", "other"), [("en", "None yet", "Intet endnu"), ("da", "Intet endnu", "None yet")]
)
def test_evidence_for_the_status_of_questions_is_told_in_the_language_of_the_report(study, language, told, other):
    assert told in page(study, language)
    assert other not in page(study, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_cell_is_blank(study, language):
    for table in tables(report(study, language)):
        for row in table.rows:
            assert all(isinstance(cell, Figure) or cell.strip() for cell in row), (table.caption, row)


def test_what_was_not_computed_is_said_in_words(study):
    made = found(study, "en")
    rows = made.rows(out.RELIABILITY).copy()
    lost = (rows["scale"] == "trust") & (rows["coefficient"] == "omega")
    rows.loc[lost, ["estimate", "conf_low", "conf_high"]] = float("nan")
    rows.loc[lost, "reason"] = "its model did not settle"
    changed = report_of(replace(made, tables={**made.tables, out.RELIABILITY.name: rows}))
    table = next(table for table in tables(changed) if table.caption == "Reliability of Trust")
    assert all(row[5:8] == ("not computed",) * 3 for row in table.rows)
    assert table.notes == (
        "Omega not computed (Frontline staff, Autumn; Frontline staff, Spring): its model did not settle.",
    )


def test_a_study_without_models_or_measurement_says_so(study):
    made = found(study, "en")
    bare = replace(made.study, models={}, measurement={})
    sections = report_of(replace(made, study=bare, fits=())).sections
    said = [line for section in sections for line in section.lines]
    assert WORDINGS["en"]["factors_none"] in said
    assert WORDINGS["en"]["models_none"] in said


def test_conditions_and_invariance_have_verdicts_in_words(study):
    gates = Store(load_study(study).warehouse).read(GATES)
    assert (gates["verdict"] == "not_met").any()
    table = next(table for table in tables(report(study, "en")) if table.caption == "Conditions on the scores")
    assert len(table.rows) == len(gates)
    assert {row[6] for row in table.rows} <= {"met", "not met", "not known: could not be computed"}
    ladder = next(table for table in tables(report(study, "da")) if table.caption.startswith("Invariansens trin"))
    assert {row[3] for row in ladder.rows} <= {"ja", "nej"}


@pytest.mark.parametrize(
    ("measure", "value", "told"),
    [("organisations", 128.0, "128"), ("members_median", 4.5, "4,5"), ("f_test", 0.00004, "<\N{NO-BREAK SPACE},001"),
     ("icc_1", 0.086, "0,086")],
)  # fmt: skip
def test_what_is_counted_for_a_condition_has_no_decimals(study, measure, value, told):
    made = found(study, "da")
    assert made.wording.figure(_asked(made, {"measure": measure, "value": value}, "value", "not_computed")) == told


def test_groups_of_a_mixed_model_and_keys_of_variants_are_in_words(study):
    made = found(study, "da")
    told = _named(made, "diagnostic", "random_variance of organisation_id: intercept", " of ")
    assert told.endswith(": organisation: Konstant")
    assert [_key(made, key) for key in ("covariance", "fixed_effects", "design")] == [
        "kovarians", "effekter taget ud", "stikprøvens design",
    ]  # fmt: skip


def test_the_first_part_says_which_run_data_and_code(study):
    made, store = report(study, "en"), Store(load_study(study).warehouse)
    facts = {row[0]: row[1] for row in made.sections[0].tables[0].rows}
    fits = store.read(out.FITS)
    assert facts["Runs that wrote the tables"] == "test"
    assert facts["Source of instruments and models (SHA-256)"] == fits["code_hash"].iloc[0]
    written = {row["content_hash"] for (name, _), row in store.provenance().items() if name == "core.analysis"}
    assert set(facts["Scored responses, core.analysis (SHA-256)"].split("\n")) == written
    assert facts["Analysis plan (SHA-256 of the last lock or amendment)"] == "never locked"
    for fit_id in fits["fit_id"]:
        assert fit_id in page(study, "en")


def test_models_say_why_they_are_exploratory_and_what_they_ask(study):
    section = next(each for each in report(study, "en").sections if each.title == "Trust and teamwork")
    said = " ".join(section.lines)
    assert "Hypothesis: Those who work in teams trust each other." in said
    assert "Exploratory: not locked in advance: a question to follow up, not an answer (Main model" in said
    assert "Condition on measurement not met" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_that_it_is_private(study, language):
    document = document_of(report(study, language), found(study, language).wording)
    word = {"en": "PRIVATE", "da": "PRIVAT"}[language]
    assert document["subtitle"].startswith(word)
    assert document["warning"].startswith(word)
    assert {"en": "SYNTHETIC", "da": "SYNTETISKE"}[language] in document["warning"]


def test_danish_numbers_have_commas(study):
    numbers = [found(study, "da").wording.figure(each) for each in report(study, "da").figures() if each.kind == "mean"]
    assert numbers
    assert all(re.fullmatch(r"−?\d+,\d\d", each) for each in numbers)
    figures = re.findall(r'<td class="figure">([^<]*)</td>', page(study, "da"))
    assert not [each for each in figures if re.search(r"\d\.\d", each)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_accessible_and_the_same_again(study, language):
    made = pdf_of(report(study, language), found(study, language).wording)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert f"/Lang({language}".encode() in made
    assert made == pdf_of(report(study, language), found(study, language).wording)


def test_markup_in_a_question_is_a_text(study):
    assert html.escape(HOSTILE) in page(study, "en")
    assert "<b>together" not in page(study, "en")
    assert "<script" not in page(study, "en")
    rows = [row for table in tables(report(study, "en")) for row in table.rows]
    assert any(row[1] == HOSTILE for row in rows if len(row) > 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_and_no_organisation_is_in_it(study, language):
    said = words(page(study, language))
    assert SECRET not in said
    assert not re.search(r"\bO[0-7]\b", said)
    responses = Store(load_study(study).warehouse).kept_rows(
        Store(load_study(study).warehouse).read(out.FITS)["data_hash"].iloc[0]
    )["response_id"]
    assert not [each for each in responses if str(each) in said]


def test_the_command_writes_private_files_and_names_them(study, tmp_path):
    document = done(sensemaking("report", study, "--methods", "--json")).document
    files = [Path(each) for each in document["files"]]
    assert [path.name for path in files] == ["small-methods-en.pdf", "small-methods-en.html"]
    assert all(path.parent == study / "reports" / "private" for path in files)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    assert document["run"] == "test"
    ended = done(sensemaking("report", study, "--methods", "--language", "da", "--to", tmp_path / "new"))
    assert (tmp_path / "new" / "small-methods-da.html").is_file()
    assert "private" in ended.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--release", "1"), "leave out --release"),
        (("--units",), "leave out --release"),
        (("--language", "sv"), "no language sv"),
        (("--to", "releases"), "not for files of respondents"),
    ],
)
def test_what_does_not_go_together_is_refused(study, options, said):
    named = [study / each if each == "releases" else each for each in options]
    ended = sensemaking("report", study, "--methods", *named)
    assert ended.code == 2
    assert said in ended.stderr


def test_a_study_that_was_never_run_is_refused_in_kind_words(tmp_path):
    ended = sensemaking("report", build_small_study(tmp_path / "small"), "--methods")
    assert ended.code == 2
    assert "run the study first" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "small" / "reports").exists()
