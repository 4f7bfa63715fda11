"""``instruments list``, ``show`` and ``export``: what they print, write and refuse."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from instruments.forms import writers
from instruments.forms.spec import Form
from instruments.load import LIBRARY
from instruments.spec import Instrument
from tests.command_line import done, sensemaking
from tests.small_study import build_small_study


def refused(*arguments: object) -> str:
    ended = sensemaking("instruments", *arguments)
    assert (ended.code, ended.stdout) == (2, "")
    return ended.stderr.strip().replace("\n", " ")


@pytest.fixture
def handed(
    monkeypatch: pytest.MonkeyPatch,
) -> list[tuple[Form, Mapping[str, Instrument], Mapping[str, dict[str, str]]]]:
    """Register a way out called ``paper``; what it was handed."""
    calls: list[tuple[Form, Mapping[str, Instrument], Mapping[str, dict[str, str]]]] = []

    def write(form: Form, instruments: Mapping[str, Instrument], labels: Mapping[str, dict[str, str]]) -> bytes:
        calls.append((form, instruments, labels))
        return b"written"

    monkeypatch.setattr(writers, "WRITERS", {**writers.WRITERS, "paper": write})
    return calls


def test_list_names_every_built_in_instrument_and_form_with_its_status():
    document = done(sensemaking("instruments", "list", "--json")).document
    assert [each["name"] for each in document["instruments"]] == sorted(path.stem for path in LIBRARY.glob("*.yaml"))
    assert {each["status"] for rows in document.values() for each in rows} == {"draft"}
    citizens = next(each for each in document["forms"] if each["name"] == "citizens")
    assert (citizens["respondent_group"], citizens["minutes"], citizens["languages"]) == ("CIT", 2.6, ["en", "da"])
    told = done(sensemaking("instruments", "list")).stdout
    assert all(name in told for name in ("identity_work", "frontline_staff", "draft"))


def test_list_has_the_instruments_of_a_study_too(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    document = done(sensemaking("instruments", "list", "--study", study, "--json")).document
    teamwork = next(each for each in document["instruments"] if each["name"] == "teamwork")
    assert (teamwork["items"], teamwork["scales"], teamwork["status"]) == (8, 2, "draft")


def test_show_prints_an_instrument_in_the_language_asked_for():
    english = done(sensemaking("instruments", "show", "identity_work")).stdout
    danish = done(sensemaking("instruments", "show", "identity_work", "--language", "da")).stdout
    assert "I see myself as someone who makes room" in english
    assert "Validation status: draft, not validated" in english
    assert "Jeg ser mig selv som en, der giver plads" in danish
    assert "Valideringsstatus: udkast, ikke valideret" in danish


def test_show_prints_a_form_with_its_definition_page():
    told = done(sensemaking("instruments", "show", "frontline_staff")).stdout
    assert told.index("CL_sy_1") < told.index("DEFINITION PAGE") < told.index("FWI_fo_1_o") < told.index("STR_age")


def test_show_prints_one_document_for_machines():
    document = done(sensemaking("instruments", "show", "sensegiving", "--json")).document
    first = document["sections"][0]["grids"][0]["questions"][0]
    assert (first["item"], first["parallels"][0]["item"]) == ("SG_gi_1", "SG_gi_1_o")
    assert document["status"] == "draft, not validated"


def test_show_reads_an_instrument_of_a_study_by_its_file(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    told = done(sensemaking("instruments", "show", study / "instruments" / "teamwork.yaml")).stdout
    assert "We plan together." in told
    assert "there is no file" in refused("show", study / "instruments" / "nothing.yaml")


def test_show_writes_a_page_and_replaces_it_only_when_told_to(tmp_path: Path):
    page = tmp_path / "iw.html"
    done(sensemaking("instruments", "show", "identity_work", "--language", "da", "--html", page))
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>\n<html lang='da'>")
    assert "is there already" in refused("show", "identity_work", "--html", page)
    done(sensemaking("instruments", "show", "identity_work", "--html", page, "--force"))
    assert "<html lang='en'>" in page.read_text(encoding="utf-8")
    assert "make it first" in refused("show", "identity_work", "--html", tmp_path / "nowhere" / "iw.html")
    assert "is a folder" in refused("show", "identity_work", "--html", tmp_path)


def test_unknown_names_and_languages_are_refused_with_what_there_is():
    assert "did you mean 'sensegiving'?" in refused("show", "sensgiving")
    assert "it has en, da" in refused("show", "sensegiving", "--language", "sv")


def test_export_hands_a_writer_the_form_its_instruments_as_asked_and_the_labels(tmp_path: Path, handed):
    out = tmp_path / "staff.txt"
    done(sensemaking("instruments", "export", "frontline_staff", "--to", "paper", "--out", out, "--language", "da"))
    form, instruments, labels = handed[0]
    assert out.read_bytes() == b"written"
    assert (form.name, form.languages) == ("frontline_staff", ("da",))
    assert set(instruments["considerations"].items) == {"CON_wi_1", "CON_wi_2"}
    assert "samskabelse" in instruments["sensegiving"].items["SG_gi_1_o"].text["da"]
    assert labels["COPROD"] == {"en": "co-production", "da": "samskabelse"}


def test_export_of_an_instrument_alone_makes_a_form_of_all_its_items(tmp_path: Path, handed):
    done(sensemaking("instruments", "export", "sensegiving", "--to", "paper", "--out", tmp_path / "sg.txt", "--json"))
    form, instruments, _ = handed[0]
    assert [(each.instrument, each.length) for each in form.sections] == [("sensegiving", "full")]
    assert list(instruments) == ["sensegiving"]
    assert len(instruments["sensegiving"].items) == 8
    assert form.languages == ("en", "da")


def test_export_refuses_what_is_not_there_and_writes_nothing(tmp_path: Path, handed):
    out = tmp_path / "x"
    told = refused("export", "sensegiving", "--to", "papr", "--out", out)
    assert told.startswith("there is no way out called 'papr'; did you mean 'paper'?; there are: ")
    assert "it has en, da" in refused("export", "citizens", "--to", "paper", "--language", "sv", "--out", out)
    assert "list them with" in refused("export", "nothing", "--to", "paper", "--out", out)
    assert not out.exists()
    assert handed == []


def test_export_of_an_instrument_without_languages_says_what_to_write(tmp_path: Path, handed):
    study = build_small_study(tmp_path / "small")
    path = study / "instruments" / "teamwork.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("text: {en:", "text: {und:"), encoding="utf-8")
    assert "name no language" in refused("export", path, "--to", "paper", "--out", tmp_path / "x")
