"""The page of files to carry away offers those of the very release it shows, unchanged, and says why not others."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import build_release
import pytest

from dashboard.pointer import FOLDER_VARIABLE
from dashboard.reports import KINDS, Trouble, carried
from dashboard.views import take_away
from dashboard.wording import WORDINGS

PRIVATE = b"what only the warehouse may hold"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_page) -> Path:
    """Publish release 3 in ``releases/`` of a study, with files of both languages beside it."""
    folder = tmp_path / "study"
    said = build_release.publish(folder / "releases", number=3)
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder / "releases"))
    for language in WORDINGS:
        make(folder, said, language)
    return folder


def make(study: Path, said: dict[str, object], language: str) -> None:
    """Write files and their record as ``sensemaking report`` does."""
    folder = study / "reports"
    folder.mkdir(exist_ok=True)
    stem = f"invented-r{said['release']:06d}-{language}"
    files = []
    for kind in KINDS:
        content = f"{kind} of release {said['release']} in {language}".encode() * 100
        (folder / f"{stem}.{kind}").write_bytes(content)
        files.append({"file": f"{stem}.{kind}", "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)})
    record = {"release": said["release"], "release_sha256": said["sha256"], "language": language, "files": files}
    (folder / f"{stem}.json").write_text(json.dumps(record), encoding="utf-8")


def offered(seen) -> list[str]:
    return [button.proto.label for button in seen.app.get("download_button")]


def of_release(study: Path):
    said = json.loads((study / "releases" / "current.json").read_text())
    return carried(study / "releases", said["release"], said["sha256"])


@pytest.mark.parametrize(
    ("language", "first"), [("en", ("English", "Dansk")), ("da", ("Dansk", "English"))]
)  # fmt: skip
def test_files_of_the_shown_release_are_offered_by_language_with_their_size(open_page, study, language, first):
    seen = open_page("take-away", lang=language)
    assert [each.value for each in seen.app.subheader] == list(first)
    word = {"en": "Download", "da": "Hent"}[language]
    kinds = ("PDF", "PowerPoint", "Excel", "HTML")
    assert offered(seen) == [f"{word} {kind}, {named} (2 kB)" for named in first for kind in kinds]
    assert WORDINGS[language]["take_away_none"] not in seen.text
    assert len(seen.warnings) == 1


def test_what_is_offered_is_what_was_made(study: Path):
    found = of_release(study)
    assert [each.name for each in found] == [
        f"invented-r000003-{code}.{kind}" for code in ("da", "en") for kind in sorted(KINDS)
    ]
    for each in found:
        assert each.content == (study / "reports" / each.name).read_bytes()
        assert each.trouble is None


def _record(study: Path) -> Path:
    return study / "reports" / "invented-r000003-en.json"


def _said(**changes: object) -> Callable[[Path], object]:
    def change(study: Path) -> None:
        _record(study).write_text(json.dumps({**json.loads(_record(study).read_text()), **changes}))

    return change


def _named(name: str) -> Callable[[Path], object]:
    def change(study: Path) -> None:
        (study / "warehouse").mkdir()
        (study / "warehouse" / "private.pdf").write_bytes(PRIVATE)
        _said(files=[{"file": name, "sha256": hashlib.sha256(PRIVATE).hexdigest()}])(study)

    return change


def _link(study: Path) -> None:
    _named("invented-r000003-en.pdf")(study)
    path = study / "reports" / "invented-r000003-en.pdf"
    path.unlink()
    path.symlink_to(study / "warehouse" / "private.pdf")


def _pdf(study: Path) -> Path:
    return study / "reports" / "invented-r000003-en.pdf"


def _as_folder(study: Path) -> None:
    _pdf(study).unlink()
    _pdf(study).mkdir()


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a changed file": (lambda study: _pdf(study).write_bytes(b"other"), "report_changed"),
    "a file that grew": (lambda study: _pdf(study).write_bytes(_pdf(study).read_bytes() + b"!"), "report_changed"),
    "a file that is gone": (lambda study: _pdf(study).unlink(), "report_missing"),
    "a folder": (_as_folder, "report_missing"),
    "a link": (_link, "report_missing"),
    "another release": (_said(release=2), "report_of_other_release"),
    "another file of this number": (_said(release_sha256="0" * 64), "report_of_other_release"),
    "no record": (lambda study: _record(study).unlink(), "report_not_recorded"),
    "an empty record": (lambda study: _record(study).write_text(""), "record_unreadable"),
    "no text": (lambda study: _record(study).write_bytes(b"\xff\xfe"), "record_unreadable"),
    "a list": (lambda study: _record(study).write_text("[]"), "record_unreadable"),
    "nested deeply": (lambda study: _record(study).write_text("[" * 200_000), "record_unreadable"),
    "files are no list": (_said(files=7), "record_unreadable"),
    "a path upwards": (_named("../warehouse/private.pdf"), "record_unreadable"),
    "an absolute path": (_named("/etc/passwd.pdf"), "record_unreadable"),
    "another ending": (_named("private.duckdb"), "record_unreadable"),
    "a hidden name": (_named(".private.pdf"), "record_unreadable"),
    "a line more": (_named("invented-r000003-en.pdf\n"), "record_unreadable"),
    "no hash": (_said(files=[{"file": "invented-r000003-en.pdf"}]), "record_unreadable"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_not_as_it_was_made_is_not_offered_and_it_is_said_why(open_page, study: Path, damage: str):
    harm, trouble = DAMAGES[damage]
    harm(study)
    found = of_release(study)
    assert trouble in {each.trouble for each in found}
    assert all((each.content is None) == (each.trouble is not None) for each in found)
    assert PRIVATE not in {each.content for each in found}
    pdf = next((each for each in found if each.name == "invented-r000003-en.pdf"), None)
    assert pdf is None or pdf.content is None
    seen = open_page("take-away", lang="en")
    assert len(offered(seen)) < 2 * len(KINDS)
    said = WORDINGS["en"][trouble].split("{file}")[1].strip()
    assert any(said in warning for warning in seen.warnings)


def commands(seen):
    return [block.value.strip("*") for block in seen.app.markdown if block.value.startswith("**sensemaking")]


def test_files_of_an_earlier_release_are_not_offered_with_the_next(open_page, study: Path):
    build_release.publish(study / "releases", number=4)
    seen = open_page("take-away", lang="en")
    assert offered(seen) == []
    assert commands(seen) == [f"sensemaking report STUDY --release 4 --language {code}" for code in ("en", "da")]
    assert seen.text.count(WORDINGS["en"]["take_away_none"]) == 2


def test_a_study_without_files_says_how_they_are_made(open_page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    build_release.publish(tmp_path / "releases")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "releases"))
    seen = open_page("take-away", lang="da")
    assert offered(seen) == []
    assert commands(seen)[0] == "sensemaking report STUDY --release 1 --language da"
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("language", WORDINGS)
def test_every_trouble_and_kind_has_words(language: str):
    keys = [*get_args(Trouble), *(f"{what}_{kind}" for what in ("carried", "kind") for kind in KINDS)]
    assert set(keys) <= set(WORDINGS[language])


@pytest.mark.parametrize(
    ("n_bytes", "english", "danish"),
    [(1, "1 kB", "1 kB"), (1_499, "1 kB", "1 kB"), (198_617, "199 kB", "199 kB"), (2_345_678, "2.3 MB", "2,3 MB")],
)
def test_sizes_are_written_as_a_language_writes_them(n_bytes: int, english: str, danish: str):
    assert (take_away._size(n_bytes, "en"), take_away._size(n_bytes, "da")) == (english, danish)
