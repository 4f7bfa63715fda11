"""Whose answers were erased on request: recognised again in exports and frames, and left out of them.

Put here how erased people are known without being named: by keyed hashes. The erasure itself is in
``commands.erase``.
"""

import datetime as dt
import fnmatch
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from instruments.counted import counted
from pipelines.assets.exports import planned
from pipelines.assets.pseudonyms import pseudonymiser
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.sections.sources import Source
from pipelines.steps.pseudonyms import Pseudonymiser, normalised_key
from pipelines.store import Store, Write
from pipelines.tables.erasures import ERASED, ERASURES
from pipelines.tables.raw import KEPT_FILES

OF_ANOTHER = "row_of_another_source"


@dataclass(frozen=True)
class Marks:
    """Keyed hashes of what was erased.

    Attributes:
        maker: Makes them.
        known: Those recorded.
    """

    maker: Pseudonymiser
    known: Set[str]

    def response(self, response_id: str) -> str:
        """Return the mark of a response that the platform gave an id."""
        return self.maker.one("response", response_id)

    def person(self, key: str) -> str:
        """Return the mark of a person."""
        return self.maker.one("person", normalised_key(key))

    def row(self, file_sha256: str, row_number: int) -> str:
        """Return the mark of a row of an export without ids."""
        return self.maker.one("row", f"{file_sha256}/{row_number}")

    def among(self, rows: pd.DataFrame) -> pd.Series:
        """Say which rows are erased.

        Args:
            rows: As ``identities`` returns them.
        """
        by_id = {each: self.response(each) in self.known for each in rows["response_id"].unique()}
        by_key = {each: self.person(each) in self.known for each in rows["respondent_key"].dropna().unique()}
        of_rows = [
            self.row(sha256, number) in self.known if is_numbered else False
            for sha256, number, is_numbered in zip(
                rows["file_sha256"], rows["row_number"], rows["is_numbered"], strict=True
            )
        ]
        is_named = rows["response_id"].map(by_id) & ~rows["is_numbered"] & rows["is_own"]
        is_keyed = rows["respondent_key"].map(by_key).eq(other=True)
        return is_named.astype(bool) | is_keyed | pd.Series(of_rows, rows.index, dtype=bool)


def marks_of(study: Study, store: Store) -> Marks | None:
    """Return the marks of a study; None when nobody was erased.

    Raises:
        KeyFault: When their key is missing or another.
    """
    known = frozenset(store.read(ERASED)["mark"])
    return Marks(pseudonymiser(study, store, "erasure"), known) if known else None


def identities(study: Study, sources: Sequence[str], path: Path, file_name: str, folder: Path) -> pd.DataFrame:
    """Read whose rows a file holds, as each of some sources reads it.

    Args:
        study: The study.
        sources: Sources of the study.
        path: The bytes.
        file_name: Name the file arrived with.
        folder: Private folder.

    Returns:
        One row a row of the file and source: file_sha256, source, row_number, response_id, respondent_key as typed,
        is_numbered (its id is made of the row number), is_own (whether the row belongs to the source).

    Raises:
        ReadingError: When a source cannot read the file.
    """
    from pipelines.receive import ReceiveContext, Staging  # noqa: PLC0415 - who reads no export waits for no reader

    sha256 = file_sha256(path)
    found: list[pd.DataFrame] = []
    for name in sources:
        source = study.sources()[name]
        context = ReceiveContext(name, source, tuple(study.instruments.values()), source.wave, sha256, file_name)
        with (
            TemporaryDirectory(dir=folder) as private,
            planned(study, source, path, file_name) as (export, plan),
            Staging(Path(private)) as staging,
        ):
            staging.add(export, plan, context)
            columns = "file_sha256, row_number, response_id, respondent_key, state"
            rows = staging.fetch(f"SELECT {columns} FROM {staging.files[0].rows}")  # noqa: S608 - names are ours
        first = source.repeats_of or name
        numbers = rows["row_number"].astype("str")
        made_up = (f"{first}/row-" + numbers, f"{first}/{sha256[:8]}-row-" + numbers)
        is_numbered = rows["response_id"].eq(made_up[0]) | rows["response_id"].eq(made_up[1])
        found.append(rows.assign(source=name, is_numbered=is_numbered, is_own=rows["state"] != OF_ANOTHER))
    return pd.concat(found, ignore_index=True)


def sources_of_file(study: Study, file_name: str) -> list[str]:
    """List the sources whose pattern a file name fits, of all waves: one file may serve several."""
    return [name for name, source in study.sources().items() if fnmatch.fnmatchcase(file_name, source.files)]


def write_rest(study: Study, source: str, path: Path, rows: Set[int], target: Path) -> None:
    """Write a file without some of its rows."""
    from pipelines.readers.files.cut_rows import write_without_rows  # noqa: PLC0415

    with planned(study, study.sources()[source], path, target.name) as (export, _):
        write_without_rows(export, rows, target)


def without_erased(
    study: Study, store: Store, exports: Sequence[tuple[str, Source, Path]], folder: Path
) -> list[tuple[str, Source, Path]]:
    """Leave out of exports whoever was erased; the exports themselves stay as they are.

    Args:
        study: The study.
        store: Its warehouse.
        exports: Source, its settings and the file.
        folder: Private folder, in which changed copies are written under the same names.
    """
    marks = marks_of(study, store)
    if marks is None:
        return list(exports)
    cut: dict[Path, Path] = {}
    for source, _, path in exports:
        if path not in cut:
            cut[path] = _cut(study, store, marks, (source, path), folder)
    return [(name, source, cut[path]) for name, source, path in exports]


def _cut(study: Study, store: Store, marks: Marks, export: tuple[str, Path], folder: Path) -> Path:
    source, path = export
    rows = identities(study, sources_of_file(study, path.name), path, path.name, folder)
    erased = set(rows.loc[marks.among(rows), "row_number"])
    if not erased:
        return path
    old = file_sha256(path)
    target = folder / f"cut-{old}" / path.name
    target.parent.mkdir(exist_ok=True)
    write_rest(study, source, path, erased, target)
    record_rewritten(store, (old, file_sha256(target)), "export", len(erased), "erased before, and still in an export")
    return target


def remember_kept(store: Store, file_sha256: str, source: str, file_name: str) -> None:
    """Write down which source a kept file is of, for good: without it nobody could tell whose rows it holds."""
    known = store.read(KEPT_FILES)
    if not ((known["file_sha256"] == file_sha256) & (known["source"] == source)).any():
        where = {"file_sha256": file_sha256, "source": source}
        row = pd.DataFrame([{**where, "file_name": file_name}])
        store.write([Write(KEPT_FILES, row, where)], input_hash="", run_id="")


def record_rewritten(store: Store, hashes: tuple[str, str], kind: str, n_rows: int, because: str) -> None:
    """Write down that a kept file was rewritten: ``raw.erasures``, once for each pair of hashes."""
    known = store.read(ERASURES)
    if ((known["old_sha256"] == hashes[0]) & (known["new_sha256"] == hashes[1])).any():
        return
    row = {
        "old_sha256": hashes[0],
        "new_sha256": hashes[1],
        "kind": kind,
        "n_rows": n_rows,
        "erased_at": dt.datetime.now(dt.UTC),
        "because": because,
    }
    where = {"old_sha256": hashes[0], "new_sha256": hashes[1]}
    store.write([Write(ERASURES, pd.DataFrame([row]), where)], input_hash="", run_id="")


def without_erased_units(study: Study, store: Store, rows: pd.DataFrame) -> pd.DataFrame:
    """Leave erased people out of rows of a frame or contact log, whose unit ids are still as typed."""
    marks = marks_of(study, store)
    if marks is None or rows.empty:
        return rows
    return rows[[marks.person(str(unit)) not in marks.known for unit in rows["unit_id"]]]


def notes(study: Study, store: Store) -> Iterator[str]:
    """Say which exports still hold people who were erased, and whether an erasure was stopped half-way."""
    erased = store.read(ERASED)
    if len(erased) and not erased["is_finished"].all():
        yield "an erasure was stopped before it ended; run sensemaking erase again for the same response or person"
    rewritten = store.read(ERASURES).drop_duplicates("old_sha256", keep="last").set_index("old_sha256")["n_rows"]
    if rewritten.empty or not study.exports.is_dir():
        return
    for path in sorted(study.exports.iterdir()):
        if path.is_file() and sources_of_file(study, path.name) and (n := rewritten.get(file_sha256(path))) is not None:
            yield f"exports/{path.name} still holds {counted(n, 'row')} of people who were erased, left out of this run"
