"""``sensemaking code export`` and ``import``: codings to and from other programs."""

from pathlib import Path, PurePosixPath
from typing import Literal

import pandas as pd
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from instruments.codings.refi_qda import PROJECT_FILE, ExchangeFault, QdaProject
from instruments.codings.refi_qda_reading import read_project
from instruments.codings.refi_qda_writing import write_codebook, write_project
from instruments.faults import UsageError
from pipelines.assets.coding_files import write_table
from pipelines.commands.coding import CodingNow, add_codings, coding_now
from pipelines.files import flush_file
from pipelines.load import Study
from pipelines.lock import exclusive
from pipelines.readers.files.zip_members import opened_zip
from pipelines.steps.coding_exchange import codebook, files_by_coder, project, rows_of_project
from pipelines.steps.coding_sheets import FILE
from pipelines.steps.codings import CodingError, CodingFile
from pipelines.team_tables import read_numbered_table

Kind = Literal["qdc", "qdpx", "xlsx", "csv"]
KINDS: tuple[Kind, ...] = ("qdc", "qdpx", "xlsx", "csv")
MOST_BYTES = 200_000_000
MOST_SOURCES = 100_000
_CODES = ["code", "name", "family", "definition", "include", "exclude", "example", "version"]
_FORMULA = ("=", "+", "-", "@")


def export_codings(study: Study, out: Path, *, replace: bool) -> int:
    """Write codebook or codings to a file whose ending says what it is.

    Args:
        study: The study.
        out: ``.qdc`` (codebook), ``.qdpx`` (codebook, screened answers and codings), ``.xlsx`` or ``.csv`` (codings).
        replace: Whether a file that is there may be replaced.

    Returns:
        Codes or codings written.

    Raises:
        UsageError: When the ending is unknown, the file is there, or the answers were not screened.
    """
    kind = _kind_of(out)
    if out.exists() and not replace:
        raise UsageError(f"{out} is there already; name another file, or allow replacing it with --force")
    if kind == "qdpx":
        _refuse_unscreened(study)
    now = coding_now(study)
    scheme = now.coding.scheme
    if kind == "qdc":
        _write(out, write_codebook(codebook(scheme)))
        return len(scheme.codes)
    rows = now.codings[FILE].sort_values(FILE).reset_index(drop=True)
    if kind == "qdpx":
        _write(out, write_project(project(now.answers, now.codings, now.coding, study.name)))
    elif kind == "csv":
        write_table(out, rows)
    else:
        _write_workbook(out, now, rows)
    return len(rows)


def import_codings(study: Study, file: Path) -> dict[str, int]:
    """Add the codings of a file to the coding files; what was coded before is never replaced.

    Args:
        study: The study.
        file: ``.qdpx``, ``.xlsx`` or ``.csv``.

    Returns:
        Name of each coding file → rows added.

    Raises:
        UsageError: When the ending is unknown.
        CodingError: With everything that is wrong in it.
    """
    kind = _kind_of(file)
    if kind == "qdc":
        raise UsageError("a codebook holds no codings; take its codes over into a scheme of your own in codings/")
    with exclusive(study.warehouse / "run.lock", "sensemaking code import"):
        now = coding_now(study)
        if kind == "qdpx":
            filled = rows_of_project(read_qdpx(file), file.name, now.answers, now.coding, study.name)
        else:
            filled = _rows_of_table(file, kind)
        strangers = sorted({each.coder for each in filled} - set(now.coding.spec.people))
        if strangers:
            people = ", ".join(now.coding.spec.people)
            raise CodingError(f"{file.name}, column coder: {strangers[0]} is nobody of the study; expected {people}")
        return add_codings(study, now, filled)


def read_qdpx(file: Path) -> QdaProject:
    """Read a project, bounded in size, number and ratio of its members.

    Raises:
        ReadingError: When the archive is damaged, unsafe or too large.
        CodingError: When it is no project.
    """
    with opened_zip(file, file.name, MOST_SOURCES) as members:
        by_name = {PurePosixPath(info.filename).name: info for info in members.files}
        if PROJECT_FILE not in members.names():
            raise CodingError(f"{file.name}: there is no {PROJECT_FILE} in it; export a project as REFI-QDA (.qdpx)")
        texts: dict[str, str] = {}
        try:
            for name, info in by_name.items():
                if name.endswith(".txt"):
                    texts[name] = members.content(info, MOST_BYTES).decode("utf-8-sig")
            return read_project(members.content(members.file(PROJECT_FILE), MOST_BYTES), texts)
        except ExchangeFault as error:
            raise CodingError(f"{file.name}: {error}") from error
        except UnicodeDecodeError as error:
            raise CodingError(f"{file.name}: a text in it is not UTF-8; export it again as REFI-QDA") from error


def _kind_of(path: Path) -> Kind:
    for kind in KINDS:
        if path.suffix.lower() == f".{kind}":
            return kind
    raise UsageError(f"{path.name}: expected a file called .{', .'.join(KINDS)}")


def _refuse_unscreened(study: Study) -> None:
    if study.spec.privacy.open_text == "keep":
        raise UsageError(
            "study.yaml keeps open answers as typed (privacy.open_text: keep); only screened texts leave the study: "
            "say redact there, and run the study"
        )


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(content)
    flush_file(unfinished)
    unfinished.replace(path)


def _write_workbook(path: Path, now: CodingNow, rows: pd.DataFrame) -> None:
    workbook = Workbook(write_only=True)
    codings, codes = workbook.create_sheet("codings"), workbook.create_sheet("codes")
    codings.append(FILE)
    for row in rows.itertuples(index=False):
        codings.append([_as_text(str(cell)) for cell in row])
    codes.append(_CODES)
    for code, each in now.coding.scheme.codes.items():
        said = [next(iter(getattr(each, name).values())) for name in ("definition", "include", "exclude", "example")]
        codes.append([code, each.name, each.family, *said, each.version])
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.touch(mode=0o600)
    workbook.save(unfinished)
    flush_file(unfinished)
    unfinished.replace(path)


def _as_text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _rows_of_table(file: Path, kind: Kind) -> list[CodingFile]:
    if kind == "csv":
        rows = read_numbered_table(file, "list of codings")
    else:
        with opened_zip(file, file.name):
            cells = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
        head, *below = [[str(cell) for cell in row] for row in cells] or [[]]
        rows = pd.DataFrame(below, columns=pd.Index(head), index=pd.RangeIndex(2, len(below) + 2), dtype="str")
    absent = [name for name in FILE if name not in rows and name not in ("segment", "round", "note")]
    if absent:
        raise CodingError(f"{file.name}: there is no column {absent[0]}; expected {', '.join(FILE)}")
    return files_by_coder(file.name, rows.reindex(columns=FILE, fill_value=""))
