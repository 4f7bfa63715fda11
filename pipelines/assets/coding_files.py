"""The folder ``codings/`` of a study: coders' files, sheets, and the schemes that were handed out.

Put here reading and writing of these files; what their rows mean is in ``steps``.
"""

import csv
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from instruments.codings.spec import CodingScheme
from instruments.spec_file import canonical_json
from pipelines.files import file_sha256, flush_file
from pipelines.load import Study
from pipelines.load_coding import StudyCoding
from pipelines.steps.coding_sheets import FILE, without_responses
from pipelines.steps.codings import CodingError, CodingFile, in_ids
from pipelines.team_tables import TeamTableError, read_numbered_table

MEANING = ("definition", "include", "exclude", "answers", "stands_alone")


def folder_of(study: Study) -> Path:
    """Return the folder of coding files."""
    return study.folder / "codings"


def sheet_of(study: Study, person: str) -> Path:
    """Return where the sheet of a person lies."""
    return folder_of(study) / "sheets" / f"{person}.csv"


def coding_files(study: Study, coding: StudyCoding) -> list[CodingFile]:
    """Read the coding files of a study, one a person.

    Raises:
        CodingError: When a file is of nobody that study.yaml names.
    """
    found: list[CodingFile] = []
    for path in sorted(folder_of(study).glob("*.csv")):
        if path.stem not in coding.spec.people:
            people = ", ".join(coding.spec.people)
            raise CodingError(f"codings/{path.name} is of nobody that study.yaml names under coding; expected {people}")
        found.append(CodingFile(f"codings/{path.name}", path.stem, read_numbered_table(path, "coding file")))
    return found


def held_rows(study: Study, person: str, scheme: CodingScheme) -> pd.DataFrame:
    """Return the rows of a person's coding file, codes as ids; none when there is no file."""
    path = folder_of(study) / f"{person}.csv"
    if not path.is_file():
        return pd.DataFrame({name: [] for name in FILE}, dtype="str")
    return in_ids(read_numbered_table(path, "coding file").reindex(columns=FILE, fill_value=""), scheme)


def hashes(study: Study) -> dict[str, str]:
    """Return the hash of every coding file and handed-out scheme by name."""
    folder = folder_of(study)
    paths = [*folder.glob("*.csv"), *folder.glob("schemes/*.json")]
    return {path.name: file_sha256(path) for path in sorted(paths)}


def write_table(path: Path, rows: pd.DataFrame) -> None:
    """Put a table in the place of a file, for its owner only; spreadsheet programs read it as UTF-8."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.touch(mode=0o600)
    rows.to_csv(unfinished, index=False, encoding="utf-8-sig", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    flush_file(unfinished)
    unfinished.replace(path)


def write_sheet(study: Study, person: str, rows: pd.DataFrame) -> Path:
    """Write the sheet of a person; the folder is kept out of version control, as sheets hold answers."""
    path = sheet_of(study, person)
    write_table(path, rows)
    (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    return path


def keep_scheme(study: Study, scheme: CodingScheme) -> None:
    """Keep the scheme as it is handed out to coders, once for each version."""
    path = folder_of(study) / "schemes" / f"{scheme.name}-{scheme.version}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(canonical_json(scheme) + "\n", encoding="utf-8")


def check_scheme(study: Study, scheme: CodingScheme) -> None:
    """Refuse a scheme whose codes mean something else than when a version of it was handed out.

    Raises:
        CodingError: With the codes whose definition changed without a new version.
    """
    order = {version: number for number, version in enumerate(scheme.versions)}
    for path in sorted((folder_of(study) / "schemes").glob(f"{scheme.name}-*.json")):
        before = CodingScheme.model_validate_json(path.read_text(encoding="utf-8"))
        if before.version not in order:
            raise CodingError(
                f"version {before.version} of {scheme.name} was handed out to coders, but is not among its changes "
                "any more; put it back"
            )
        changed = [
            code
            for code, each in scheme.codes.items()
            if order[each.version] <= order[before.version] and _meaning(each) != _meaning(before.codes.get(code))
        ]
        if changed:
            raise CodingError(
                f"{', '.join(changed)} of {scheme.name} means something else than when version {before.version} was "
                "handed out to coders; give the scheme a new version, and name the codes under changed"
            )


def _meaning(code: object) -> list[object]:
    return [getattr(code, name, None) for name in MEANING]


def take_out(study: Study, responses: Collection[str]) -> tuple[list[tuple[str, int]], list[str]]:
    """Take the rows of some responses out of every coding file and sheet.

    Returns:
        Name of each file that held some and how many rows; and what cannot be read, to be looked through by hand.
    """
    folder = folder_of(study)
    found: list[tuple[str, int]] = []
    unread: list[str] = []
    for path in sorted([*folder.glob("*.csv"), *folder.glob("sheets/*.csv")]):
        name = path.relative_to(study.folder).as_posix()
        try:
            rows = read_numbered_table(path, "coding file")
        except TeamTableError as error:
            unread.append(f"{error}; look through {name} by hand")
            continue
        if "response_id" not in rows:
            unread.append(f"{name} has no column response_id; look through it by hand")
            continue
        rest = without_responses(rows, list(responses))
        if len(rest) < len(rows):
            write_table(path, rest)
            found.append((name, len(rows) - len(rest)))
    return found, unread
