"""Release files and pointers that somebody damaged or made up are refused in words, and nothing of them is shown."""

import datetime as dt
import hashlib
import json
import shutil
from pathlib import Path

import build_release
import duckdb
import pytest

from dashboard import queries
from dashboard.figures import date
from dashboard.permission import WHOLE_RELEASE
from dashboard.wording import WORDINGS

SECRET = "/etc/passwd"
TOMORROW = str(dt.datetime.now(dt.UTC).astimezone().date() + dt.timedelta(days=2))


def _said(folder: Path) -> dict[str, object]:
    return json.loads((folder / "current.json").read_text())


def _write(text: str | bytes):
    return lambda folder: (folder / "current.json").write_bytes(text.encode() if isinstance(text, str) else text)


def _changed(**changes: object):
    return lambda folder: build_release.point_at(folder, {**_said(folder), **changes})


def _without(key: str):
    return lambda folder: build_release.point_at(
        folder, {name: each for name, each in _said(folder).items() if name != key}
    )


def _as_folder(folder: Path) -> None:
    (folder / "current.json").unlink()
    (folder / "current.json").mkdir()


POINTERS = {
    "empty": _write(""),
    "no JSON": _write("current: r000001"),
    "cut off": _write('{"file": "r000001-'),
    "no text": _write(b"\xff\xfe\x00"),
    "a list": _write("[]"),
    "a text": _write('"r000001"'),
    "null": _write("null"),
    "nothing named": _write("{}"),
    "nested deeply": _write("[" * 200_000),
    "a huge number": _write('{"release": ' + "9" * 5000 + "}"),
    "a folder": _as_folder,
    "a path upwards": _changed(file="../r000001-0123456789ab.duckdb"),
    "an absolute path": _changed(file=SECRET),
    "a path below": _changed(file="below/r000001-0123456789ab.duckdb"),
    "a line more": _changed(file="r000001-0123456789ab.duckdb\n"),
    "a null byte": _changed(file="r000001-0123456789ab.duckdb\x00"),
    "endless": _changed(release=float("inf")),
    "no number": _changed(release=float("nan")),
    "no time": _changed(published_at="<script>alert(1)</script>"),
    "an embargo of no day": _changed(embargo_until="soon"),
    "an embargo of no text": _changed(embargo_until=20991231),
    "next is no list": _changed(next={"file": "r000002-0123456789ab.duckdb"}),
    "next is no entry": _changed(next=["r000002-0123456789ab.duckdb"]),
    "next outside": _changed(next=[{"file": SECRET}]),
    "withdrawn is no list": _changed(withdrawn="all"),
    "withdrawn is of lists": _changed(withdrawn=[["r000001"]]),
    **{f"without {key}": _without(key) for key in ("file", "sha256", "release", "schema_version", "published_at")},
}


def _publish_bytes(folder: Path, content: bytes, **changes: object) -> None:
    digest = hashlib.sha256(content).hexdigest()
    name = f"r000001-{digest[:12]}.duckdb"
    (folder / name).write_bytes(content)
    build_release.point_at(folder, {**_said(folder), "file": name, "sha256": digest, **changes})


def _content(folder: Path) -> bytes:
    return (folder / str(_said(folder)["file"])).read_bytes()


def _after(*statements: str):
    """Publish the file, with the right hash, after somebody worked on it."""

    def spoil(folder: Path) -> None:
        copy = folder / "copy.duckdb"
        shutil.copyfile(folder / str(_said(folder)["file"]), copy)
        with duckdb.connect(copy) as connection:
            for statement in statements:
                connection.execute(statement)
        content = copy.read_bytes()
        copy.unlink()
        _publish_bytes(folder, content)

    return spoil


def _property(key: str, value: str) -> str:
    return f"UPDATE meta.manifest SET value = '{value}' WHERE key = '{key}'"


def _cut(share: float):
    return lambda folder: _publish_bytes(folder, _content(folder)[: int(share * len(_content(folder)))])


def _cut_in_place(folder: Path) -> None:
    path = folder / str(_said(folder)["file"])
    path.write_bytes(path.read_bytes()[:-4096])


FUTURE = queries.SUPPORTED_SCHEMA_VERSION + 1
FILES = {
    "cut off": (_cut_in_place, "file_changed"),
    "another hash": (_changed(sha256="0" * 64), "file_changed"),
    "no hash": (_changed(sha256=None), "file_changed"),
    "empty with its hash": (_cut(0), "file_unreadable"),
    "a head with its hash": (_cut(0.01), "file_unreadable"),
    "half with its hash": (_cut(0.5), "file_unreadable"),
    "another database": (lambda folder: _publish_bytes(folder, b"SQLite format 3\x00" * 400), "file_unreadable"),
    "a table missing": (_after("DROP TABLE out.fits"), "file_unreadable"),
    "a column missing": (_after("ALTER TABLE out.estimates DROP COLUMN position"), "file_unreadable"),
    "no manifest": (_after("DROP TABLE meta.manifest"), "file_unreadable"),
    "a future version": (_changed(schema_version=FUTURE), "newer_schema"),
    "a future version inside": (_after(_property("schema_version", str(FUTURE))), "other_release"),
    "an earlier version": (_changed(schema_version=1), "other_release"),
    "another number": (_after(_property("release", "7")), "other_release"),
    "no audit": (_after("DELETE FROM meta.manifest WHERE key = 'audit'"), "no_audit"),
    "a failed audit": (_after(_property("audit", "failed")), "no_audit"),
    "under embargo inside": (_after(_property("embargo_until", TOMORROW)), "under_embargo"),
    "an embargo of no day": (_after(_property("embargo_until", "soon")), "file_unreadable"),
    "under embargo": (_changed(embargo_until=TOMORROW), "under_embargo"),
    "withdrawn": (
        lambda folder: build_release.point_at(folder, {**_said(folder), "withdrawn": [_said(folder)["file"]]}),
        "withdrawn",
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build_release.publish(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", POINTERS)
def test_a_pointer_that_says_nothing_usable_is_refused(folder: Path, case: str):
    POINTERS[case](folder)
    assert queries.ReleaseReader(folder).shown(WHOLE_RELEASE) == queries.Shown(None, "pointer_unreadable")


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_not_fit_to_be_shown_is_refused(folder: Path, case: str):
    spoil, reason = FILES[case]
    spoil(folder)
    until = TOMORROW if reason == "under_embargo" else ""
    assert queries.ReleaseReader(folder).shown(WHOLE_RELEASE) == queries.Shown(None, reason, until)


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize("case", ["no audit", "under embargo", "withdrawn", "half with its hash"])
def test_the_page_says_so_in_the_language_and_shows_nothing_else(open_page, tmp_path: Path, case: str, language: str):
    build_release.publish(tmp_path)
    spoil, reason = FILES[case]
    spoil(tmp_path)
    seen = open_page(lang=language)
    assert seen.warnings == [WORDINGS[language][reason].format(until=date(TOMORROW, language))]
    assert not seen.charts_drawn
    assert "Frontline" not in seen.everything
    assert str(tmp_path) not in seen.everything


def test_a_withdrawn_release_is_dropped_by_a_reader_that_had_it_open(folder: Path):
    reader = queries.ReleaseReader(folder)
    assert reader.shown(WHOLE_RELEASE).release is not None
    FILES["withdrawn"][0](folder)
    assert reader.shown(WHOLE_RELEASE) == queries.Shown(None, "withdrawn")
