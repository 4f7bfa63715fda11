"""The tools that damage files: a find is told whatever it is, and only an unreadable archive is damaged as bytes."""

import io
import zipfile

import pytest

from tests.fuzz import damage
from tests.fuzz.__main__ import Target
from tests.fuzz.damage import Blow, damaged

IN_A_MEMBER = Blow(kind=1, place=5_000, reach=1, token=1)


def _fail(_samples: object, _note: object) -> object:
    raise ValueError("without notes")


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.xml", "<a>one</a>\n" * 9)
    return out.getvalue()


def test_a_find_without_notes_is_told(capsys):
    target = Target("plain", "export", _fail, [])
    target.attack(1)
    assert target.finds.total() == 1
    assert "without notes" in capsys.readouterr().err


def test_an_archive_that_cannot_be_read_is_damaged_as_bytes():
    assert damaged(b"PK no archive", "zip", [IN_A_MEMBER], b"")


def test_a_fault_of_the_tool_itself_is_not_hidden(monkeypatch):
    archive = _archive()
    monkeypatch.setattr(damage.zipfile, "ZipFile", lambda _content: {}["a fault"])
    with pytest.raises(KeyError):
        damaged(archive, "zip", [IN_A_MEMBER], b"")
