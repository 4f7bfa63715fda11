"""Files that only look like LimeSurvey's, or are broken: never taken for what they are not, never a crash."""

import zipfile
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.files.opener import Settings
from pipelines.readers.limesurvey.archive import LimeSurveyArchiveOpener, LimeSurveyXmlOpener
from pipelines.readers.limesurvey.reader import LimeSurveyReader
from pipelines.readers.limesurvey.structure import LimeSurveyStructureReader
from pipelines.readers.limesurvey.words import HEADINGS, words
from pipelines.readers.plan import Head, ReadingError, Request, fold
from pipelines.readers.structure_file import StructureFile
from pipelines.sections.sources import Source
from tests.opened import opened_export
from tests.writers.limesurvey_export import OWN, document, headings, write_csv, write_lsa, write_lsr, write_lss
from tests.writers.limesurvey_sample import RESPONSES, SURVEY

READER = LimeSurveyReader()
OPENERS = (LimeSurveyArchiveOpener(), LimeSurveyXmlOpener())


def head_of(*rows: list[str], delimiter: str = ",") -> Head:
    return Head("any.csv", "utf-8", delimiter, tuple(map(tuple, rows)), is_whole=True)


@pytest.mark.parametrize(
    "header",
    [
        ["Timestamp", "How satisfied are you? [Pay]", "How satisfied are you? [Leadership]"],
        ["First name", "Last name", "Email", "Date submitted", "How old are you?"],
        ["CASE", "SERIAL", "QUESTNNR", "MODE", "STARTED", "LASTPAGE", "MAXPAGE", "LANGUAGE"],
        ["id", "email", "token", "seed", "startdate"],
        ["beta[1]", "beta[2]", "sigma[1]"],
        ["record_id", "redcap_event_name", "token", "a___1"],
        ["start", "end", "group/item_a", "group/item_b", "_id"],
        ["Q1. How old?", "Q2. Where from?", "Q3. Why?"],
        ["StartDate", "EndDate", "Status", "IPAddress", "Q1", "Q1_1"],
        ["Satisfaction [Pay]", "Satisfaction [Leader]"],
        ["", "", ""],
        [],
    ],
)
def test_tables_of_others_are_not_recognised(header: list[str]) -> None:
    assert not READER.recognises(head_of(header, ["1"] * len(header)))


@pytest.mark.parametrize(
    "header",
    [
        ["id", "submitdate", "lastpage", "Q1"],
        ["submitdate", "startlanguage", "Q1"],
        ["id. Response ID", "submitdate. Date submitted", "lastpage. Last page", "Q1. How old?"],
        ["id|Response ID", "submitdate|Date submitted", "lastpage|Last page", "Q1|How old?"],
        ["Svar ID", "Dato indsendt", "Sidste side", "Startsprog", "Hvor gammel er du?"],
        ["Antwort ID", "Datum Abgeschickt", "Letzte Seite", "Start-Sprache", "Zufallsstartwert", "Wie alt?"],
        ["Antwoord ID", "Datum ingediend", "Laatste pagina", "Starttaal", "Hoe oud?"],
        ["ID de la réponse", "Date de soumission", "Dernière page", "Langue de départ", "Quel âge ?"],
        ["ID de respuesta", "Fecha de envío", "Última página", "Idioma inicial", "¿Edad?"],
        ["Svars-ID", "Datum inskickat", "Sista sidan", "Startspråk", "Ålder?"],
        ["Svar-ID", "Dato innsendt", "Siste side", "Startspråk", "Alder?"],
        ["Vastauksen ID", "Lähetyspäivä", "Viimeinen sivu", "Aloituskieli", "Ikä?"],
        ["Q1[SQ001]", "Q1[SQ002]", "Q2[other]"],
        ["Q1[1]. Row one", "Q1[2]. Row two"],
    ],
)
def test_its_own_columns_are_recognised_in_every_language(header: list[str]) -> None:
    head = head_of(header, ["1"] * len(header))
    assert READER.recognises(head)
    plan = READER.plan(head, Request())
    assert len(plan.columns) == len(header)
    if any(each.lower().startswith(("id", "sv", "ant", "vas")) for each in header):
        assert plan.keys["response_id"] == plan.columns[0].name
        assert {"is_finished", "last_page"} <= set(plan.keys)


@pytest.mark.parametrize(("container", "is_its_own"), [("text", True), ("workbook", True), ("spss", False)])
def test_files_of_statistical_packages_are_left_to_their_readers(container: str, is_its_own: bool) -> None:
    head = replace(head_of(["id", "submitdate", "lastpage", "Q1"], ["1", "", "1", "2"]), container=container)
    assert READER.recognises(head) == is_its_own


@pytest.mark.parametrize(
    "keys",
    [
        ("yes", "no", "uncertain", "not_applicable"),
        ("female", "male", "not_applicable"),
        ("increase", "same", "decrease"),
    ],
)
def test_no_word_means_two_answers(keys: tuple[str, ...]) -> None:
    found = [fold(text) for key in keys for text in set(map(fold, words(key)))]
    assert len(found) == len(set(found))


def test_no_heading_means_two_things() -> None:
    assert HEADINGS["startdato"] == HEADINGS["startdatum"] == "startdate"
    assert {HEADINGS[own] for own in OWN} == set(OWN)


@pytest.mark.reference
def test_no_real_file_of_another_platform_is_taken_for_limesurvey(reference: Path) -> None:
    n_looked_at = 0
    for path in sorted((reference / "data").rglob("*")):
        if not path.is_file() or path.is_relative_to(reference / "data/limesurvey"):
            continue
        with path.open("rb") as file:
            start = file.read(4096)
        assert not any(opener.opens(start) for opener in OPENERS), path.name
        assert not LimeSurveyStructureReader().recognises([StructureFile(path.name, path.read_bytes())]), path.name
        try:
            head = opened_export(path).head
        except ReadingError:
            continue
        n_looked_at += 1
        assert not READER.recognises(head), path.name
    assert n_looked_at > 20


@given(st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=4))
def test_any_table_is_recognised_or_not_without_a_crash(rows: list[list[str]]) -> None:
    head = head_of(*rows)
    if READER.recognises(head):
        READER.plan(head, Request())


OWN_OR_ANY = st.one_of(
    st.sampled_from([*OWN, "Response ID", "Q1[SQ001]", "Q1", "1X2X3A#0", "attribute_1", "Q1[", "[", ". "]),
    st.text(max_size=10),
)


@given(st.lists(st.lists(OWN_OR_ANY, min_size=1, max_size=12), min_size=1, max_size=4))
def test_any_table_with_its_columns_is_planned_whole(rows: list[list[str]]) -> None:
    head = head_of(["id", "submitdate", "lastpage", *rows[0]], *rows[1:])
    plan = READER.plan(head, Request())
    assert [column.position for column in plan.columns] == list(range(1, len(plan.columns) + 1))
    assert len({column.name for column in plan.columns}) == len(plan.columns)


def open_or_refuse(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any"
        path.write_bytes(content)
        for opener in OPENERS:
            opener.opens(content[:4096])
            with suppress(ReadingError):
                opener.open(path, Settings(), Path(folder))


@given(st.binary(max_size=200))
def test_random_bytes_never_crash_the_openers(content: bytes) -> None:
    archive = write_lsa([("s", write_lss(SURVEY)), ("r", write_lsr(SURVEY, RESPONSES))])
    place = len(content) * 37 % len(archive)
    for whole in (
        content,
        b"<document><LimeSurveyDocType>Responses</LimeSurveyDocType>" + content,
        b"PK\x03\x04" + content,
        archive[:place] + content + archive[place + len(content) :],
        write_lsa([("s", content), ("r", write_lsr(SURVEY, RESPONSES)[: 500 + 40 * len(content)])]),
    ):
        open_or_refuse(whole)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (document("Tokens", ["en"], {"tokens": [{"tid": "1"}]}), "expected responses, found the XML of a LimeSurvey"),
        (document("Responses", ["en"], {}), "expected responses of a LimeSurvey survey, found none"),
        (write_lsr(SURVEY, RESPONSES)[:4000], "damaged or cut off"),
        (write_lsa([("a", write_lsr(SURVEY, RESPONSES)[:4000])]), "damaged or cut off"),
        (write_lsa([("a", write_lss(SURVEY)), ("../b", b"")]), "leads out of the archive's folder"),
    ],
)
def test_broken_and_dangerous_responses_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "r"
    path.write_bytes(content)
    with pytest.raises(ReadingError, match=message):
        opened_export(path)


def test_an_archive_that_swells_is_refused(tmp_path: Path) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("s.lss", write_lss(SURVEY))
        archive.writestr("zeros", bytes(60_000_000))
    path = tmp_path / "bomb.lsa"
    path.write_bytes(out.getvalue())
    with pytest.raises(ReadingError, match="times its size"):
        opened_export(path)


def test_a_workbook_is_left_to_others() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    assert not any(opener.opens(out.getvalue()) for opener in OPENERS)


def test_header_rows_that_contradict_the_form_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_bytes(write_csv(SURVEY, RESPONSES, headings(SURVEY, "code")))
    with pytest.raises(ReadingError, match="has one header row; leave header_rows out"):
        READER.plan(opened_export(path).head, Request(Source(wave="w1", files="e.csv", header_rows=2)))
