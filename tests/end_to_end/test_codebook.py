"""``codebook``: for every kind of study the three notations, the same bytes each time, and nothing of any answer."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from pipelines.commands.codebook import ENDINGS
from tests.command_line import done, sensemaking, table, traces_of_a_traceback
from tests.ddi_rules import faults_of
from tests.reference_studies import EXPORTS, build_reference_study
from tests.small_study import SECRET


def write(study: Path, to: str, out: Path, *options: str) -> bytes:
    document = done(sensemaking("codebook", study, "--to", to, "--out", out, "--json", *options)).document
    assert document["to"] == to
    assert document["n_variables"] > 0
    return out.read_bytes()


def are_sound(study: Path, folder: Path) -> dict[str, bytes]:
    written = {to: write(study, to, folder / f"{to}{ending}") for to, ending in ENDINGS.items()}
    assert faults_of(ET.fromstring(written["ddi"])) == []
    package = json.loads(written["datapackage"])
    assert {"responses", "answers", "missing"} <= {each["name"] for each in package["resources"]}
    assert written["html"].decode().count("<tr role='row' id='item-") > 0
    return written


def test_a_codebook_holds_the_words_of_the_study_and_of_no_respondent(study: Path, tmp_path: Path) -> None:
    written = are_sound(study, tmp_path)
    texts = [content.decode() for content in written.values()]
    secrets = [SECRET, *table(study, "core.responses")["respondent_key"].dropna().unique()]
    secrets += list(table(study, "core.responses")["response_id"])
    for content in texts:
        assert "We plan together." in content
        assert "SYNTHETIC" in content
        assert not [each for each in secrets if each in content]


def test_missing_answers_of_a_study_are_among_the_items_and_reasons_of_its_codebook(
    study: Path, tmp_path: Path
) -> None:
    package = json.loads(write(study, "datapackage", tmp_path / "datapackage.json"))
    (missing,) = [each for each in package["resources"] if each["name"] == "missing"]
    fields = {
        each["name"]: {one["value"] for one in each.get("categories", [])} for each in missing["schema"]["fields"]
    }
    stored = table(study, "core.missing")
    assert len(stored) > 0
    assert all(set(stored[name]) <= fields[name] for name in ("wave", "item", "reason"))


def test_counts_are_told_on_request_and_only_on_the_page(study: Path, tmp_path: Path) -> None:
    plain = write(study, "html", tmp_path / "plain.html")
    told = write(study, "html", tmp_path / "told.html", "--counts")
    assert b"Of 80 responses of all groups and waves" in told
    assert b"responses of all groups and waves" not in plain
    ended = sensemaking("codebook", study, "--to", "ddi", "--out", tmp_path / "a.xml", "--counts")
    assert (ended.code, "only the page has counts" in ended.stderr) == (2, True)


def test_the_same_study_gives_the_same_bytes(study: Path, tmp_path: Path) -> None:
    for to, ending in ENDINGS.items():
        first = write(study, to, tmp_path / f"a{ending}")
        assert write(study, to, tmp_path / f"b{ending}") == first


@pytest.mark.parametrize(
    ("to", "name", "said"),
    [
        ("dddi", "a.xml", "there is no codebook 'dddi'; did you mean 'ddi'?"),
        ("ddi", "a.html", "expected a name ending in .xml"),
        ("html", "releases/a.html", "lies in releases/"),
        ("html", "exports/a.html", "lies in exports/"),
        ("html", "nowhere/a.html", "there is no folder"),
        ("html", "there.html", "is there already"),
    ],
)
def test_what_will_not_do_is_refused_with_what_to_do(study: Path, to: str, name: str, said: str) -> None:
    (study / "there.html").write_text("kept", encoding="utf-8")
    ended = sensemaking("codebook", study, "--to", to, "--out", study / name)
    assert (ended.code, said in ended.stderr) == (2, True), ended.stderr
    assert not traces_of_a_traceback(ended)
    assert (study / "there.html").read_text(encoding="utf-8") == "kept"


def test_a_codebook_may_be_replaced_and_a_package_should_have_its_name(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.json"
    out.write_text("old", encoding="utf-8")
    ended = done(sensemaking("codebook", study, "--to", "datapackage", "--out", out, "--force"))
    assert "called datapackage.json" in ended.stderr
    assert json.loads(out.read_bytes())["name"] == "small"
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_draft_and_a_study_that_was_never_run_have_a_codebook(study: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    done(sensemaking("init", draft, "--from", next((study / "exports").glob("*.csv"))))
    assert b"respondent_group" in are_sound(draft, tmp_path)["ddi"]
    ended = sensemaking("codebook", draft, "--out", tmp_path / "counted.html", "--counts")
    assert (ended.code, "run the study first" in ended.stderr) == (2, True)


@pytest.mark.reference
@pytest.mark.parametrize("name", EXPORTS)
def test_a_study_of_real_exports_has_a_codebook(tmp_path: Path, reference: Path, name: str) -> None:
    are_sound(build_reference_study(name, tmp_path, reference), tmp_path)
