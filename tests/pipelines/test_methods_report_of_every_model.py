"""The report of methods of a study with a model of every kind: nothing blank, nothing without a name or definition."""

import pytest

from pipelines.board_report.pdf import pdf_of
from pipelines.board_report.value import Figure, Report
from pipelines.commands.report_methods import found_in
from pipelines.load import load_study
from pipelines.methods_report.content import report_of
from pipelines.methods_report.found import WORDINGS, Found
from pipelines.tables import out
from tests.replicated_study import MODELS, build_replicated_study
from tests.run_steps import bring_up_to_date

OF_WORDS = ("made_caption", "tables_caption", "spec_caption", "origin_caption")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    study = build_replicated_study(tmp_path_factory.mktemp("every") / "small", tuple(MODELS))
    bring_up_to_date(study)
    return found_in(load_study(study), "da")


@pytest.fixture(scope="module")
def report(found: Found) -> Report:
    return report_of(found)


@pytest.mark.slow
def test_every_model_is_reported_with_definitions_and_without_blanks(found, report):
    titles = [section.title for section in report.sections]
    assert all(found.text("model_title", name) in titles for name in MODELS)
    words = {WORDINGS["da"][key] for key in OF_WORDS}
    for section in report.sections:
        for table in section.tables:
            cells = [cell for row in table.rows for cell in row]
            assert all(isinstance(cell, Figure) or cell.strip() for cell in cells), table.caption
            assert table.defined or table.caption in words or table.n_labels == len(table.heads), table.caption
    assert pdf_of(report, found.wording).startswith(b"%PDF")


@pytest.mark.slow
def test_every_diagnostic_and_reading_has_a_danish_name(found):
    for table, column, kind, before in (
        (out.DIAGNOSTICS, "diagnostic", "diagnostic", " of "),
        (out.READINGS, "reading", "reading", " on "),
    ):
        names = {str(name).partition(before)[0] for name in found.rows(table)[column]}
        assert {f"{kind}_{name}" for name in names} <= set(WORDINGS["da"])
