"""Pulling and people who were erased: they are taken out of what it remembers and landed, and never fetched again.

They are known by the keyed hashes of ``assets.erased``; their ids are kept nowhere.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pipelines.assets.erased import Marks, identities, marks_of, record_rewritten, sources_of_file, write_rest
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.pulling.landing import land, pulled_files
from pipelines.pulling.state import folder_of, read_state, write_state
from pipelines.store import Store

ValueT = TypeVar("ValueT")


class Erased:
    """Which responses of a source were erased.

    Args:
        study: The study.
        store: Its warehouse.
        source: The source with which ids of the responses begin.

    Raises:
        KeyFault: When the key of the hashes is missing or another.
    """

    def __init__(self, study: Study, store: Store, source: str) -> None:
        self._source = source
        self._marks: Marks | None = marks_of(study, store)

    def left_out_of(self, by_response: Mapping[str, ValueT]) -> dict[str, ValueT]:
        """Return what is told by response, without those that were erased."""
        return {name: value for name, value in by_response.items() if not self._is_erased(name)}

    def _is_erased(self, name: str) -> bool:
        # REDCap knows a record by the key of its person, where it has several events.
        marks = self._marks
        return marks is not None and bool({marks.response(f"{self._source}/{name}"), marks.person(name)} & marks.known)


def take_out_of_pulled(study: Study, store: Store, because: str, folder: Path) -> Iterator[tuple[str, int]]:
    """Take whoever was erased out of exports that were pulled, and out of what is remembered of their pulls.

    Args:
        study: The study, of which nothing is being pulled.
        store: Its warehouse, in which their marks are recorded.
        because: Why, for the record.
        folder: Private folder.

    Returns:
        File and rows taken out, of every export that held any of them. One that held nobody else is removed.
    """
    marks = marks_of(study, store)
    for name, source in study.sources().items() if marks is not None else ():
        if source.pull is not None:
            _forget(study, name, Erased(study, store, source.repeats_of or name))
            for _, path in sorted(pulled_files(study.exports, source)):
                if n_rows := _without_erased(study, store, marks, (name, path, because), folder):
                    yield path.name, n_rows


def _forget(study: Study, source: str, erased: Erased) -> None:
    remembered = folder_of(study, source)
    if not remembered.is_dir():
        return
    for unfinished in [remembered / "scratch", *remembered.glob("pieces-*")]:
        shutil.rmtree(unfinished, ignore_errors=True)
    state = read_state(remembered)
    held = erased.left_out_of(state.held)
    if len(held) < len(state.held):
        write_state(remembered, replace(state, held=held, modified=erased.left_out_of(state.modified)))


def _without_erased(study: Study, store: Store, marks: Marks, export: tuple[str, Path, str], folder: Path) -> int:
    """Rewrite an export; return how many rows were taken out."""
    source, path, because = export
    rows = identities(study, sources_of_file(study, path.name), path, path.name, folder)
    erased = frozenset(rows.loc[marks.among(rows), "row_number"].astype(int))
    if not erased:
        return 0
    rest = folder / f"pulled-{path.name}"
    write_rest(study, source, path, erased, rest)
    record_rewritten(store, (file_sha256(path), file_sha256(rest)), "export", len(erased), because)
    if erased >= set(rows["row_number"]):
        path.unlink()
    else:
        land(study.exports, path.name, rest.read_bytes())
    rest.unlink()
    return len(erased)
