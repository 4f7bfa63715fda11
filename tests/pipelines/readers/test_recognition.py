"""Every file of the reference data is told from its content: by one reader, by one definition's reader, or refused.

The table says what each file is; a file that is in no row fails, so that a new one is added here.
"""

import re
import secrets
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from pipelines.readers.plan import ReadingError
from pipelines.readers.registry import READERS
from pipelines.readers.structure_file import StructureFile
from pipelines.readers.structures import STRUCTURE_READERS
from tests.opened import opened_export

pytestmark = pytest.mark.reference

ABOUT = re.compile(r"(LICENSE.*|DESCRIPTION|README\.md|copyright|INDEX\.md)$")
DEFINITION, PLAIN = "a definition, not responses", "nobody's table"
WHAT_IT_IS = {
    "qualtrics/*.csv": "qualtrics",
    "qualtrics/*.qsf": DEFINITION,
    "limesurvey/*.csv": "limesurvey",
    "limesurvey/*.lss": DEFINITION,
    "limesurvey/*.lsg": DEFINITION,
    "limesurvey/limonaid-structure/*.txt": DEFINITION,
    "redcap/*/data.csv": "redcap",
    "redcap/*/dictionary.csv": DEFINITION,
    "redcap/redcapr-longitudinal/arm.csv": PLAIN,
    "redcap/redcapr-longitudinal/event.csv": PLAIN,
    "kobo/cleaningtools/cleaningtools_raw_data.csv": "kobo",
    "kobo/cleaningtools/cleaningtools_survey.csv": DEFINITION,
    "kobo/cleaningtools/cleaningtools_choices.csv": PLAIN,
    "kobo/ipa-backcheck/*.xlsx": DEFINITION,
    "kobo/ipa-backcheck/*.dta": "stata",
    "generic/rse-group-leaders/*.csv": "google_forms",
    "generic/uk-csps/*": PLAIN,
    "spss-stata/*.sav": "spss",
    "spss-stata/*.zsav": "spss",
    "spss-stata/*.por": "spss",
    "spss-stata/*.dta": "stata",
    "spss-stata/*.csv": PLAIN,
    "substantive/*.csv": PLAIN,
}


def expected(relative: str) -> str:
    """Return what a file is; the first row whose pattern fits decides."""
    return next(what for pattern, what in WHAT_IT_IS.items() if fnmatchcase(relative, pattern))


def files(reference: Path) -> list[Path]:
    return sorted(each for each in (reference / "data").rglob("*") if each.is_file() and not ABOUT.search(each.name))


def renamed(path: Path, folder: Path) -> Path:
    """Copy a file under a name that says nothing, with an ending that says something wrong."""
    copy = folder / f"{secrets.token_hex(4)}.{secrets.choice(['csv', 'xlsx', 'sav', 'qsf', 'bin'])}"
    copy.write_bytes(path.read_bytes())
    return copy


def recognised_by(path: Path) -> set[str] | str:
    """Return the platforms whose readers recognise a file, or the refusal when it holds no responses."""
    try:
        head = opened_export(path).head
    except ReadingError as error:
        return error.message
    return {name for name, reader in READERS.items() if reader.recognises(head)}


def defined_by(path: Path) -> list[str]:
    given = [StructureFile(path.name, path.read_bytes())]
    return [each.platform for each in STRUCTURE_READERS if each.recognises(given)]


def is_as_expected(what: str, platform: str, found: set[str] | str, definitions: list[str]) -> bool:
    """Say whether a file was told as what it is; ``found`` is a text where it holds no responses to read."""
    if what == DEFINITION:
        return definitions == [platform] and (isinstance(found, str) or found == set())
    return (found, definitions) == (set() if what == PLAIN else {what}, [])


def test_every_file_is_what_the_table_says_whatever_its_name(reference: Path, tmp_path: Path) -> None:
    wrong: dict[str, object] = {}
    for path in files(reference):
        relative = path.relative_to(reference / "data").as_posix()
        copy = renamed(path, tmp_path)
        found, definitions = recognised_by(copy), defined_by(copy)
        what, platform = expected(relative), relative.split("/", maxsplit=1)[0]
        if not is_as_expected(what, platform, found, definitions):
            wrong[relative] = (what, found, definitions)
    assert wrong == {}


def test_a_file_of_another_platform_would_be_noticed() -> None:
    assert not is_as_expected("qualtrics", "qualtrics", {"qualtrics", "redcap"}, [])
    assert not is_as_expected(DEFINITION, "redcap", set(), ["redcap", "kobo"])
    assert not is_as_expected(PLAIN, "generic", {"kobo"}, [])
    assert not is_as_expected("spss", "spss-stata", "refused", [])
