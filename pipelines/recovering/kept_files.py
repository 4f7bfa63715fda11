"""Files that the warehouse keeps under their hash: exports, rows of fits and specifications, each as it was kept."""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd
from pyarrow import ArrowException

from models.origin import data_hash
from pipelines.files import file_sha256
from pipelines.recovering.finding import Finding, Patient
from pipelines.store import Store
from pipelines.tables.raw import FILES, KEPT_FILES

_RESTORE = "put it back from a backup: sensemaking restore BACKUP --to NEW_FOLDER, and copy the file from there"


def kept_otherwise(patient: Patient) -> Iterator[Finding]:
    """Find kept files whose bytes are not those that were kept, and exports that are on record and gone."""
    yield from _exports(patient)
    for path in sorted((patient.warehouse / "specs").glob("[!.]*.json")):
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem:
            yield Finding("kept-file", str(path), "its bytes are not those that were kept", _RESTORE)
    for path in sorted((patient.warehouse / "data").glob("[!.]*.parquet")):
        if not _holds_its_rows(path):
            yield Finding("kept-file", str(path), "its rows are not those that were kept", _RESTORE)


def _exports(patient: Patient) -> Iterator[Finding]:
    raw = patient.warehouse / "raw"
    present = {path.name: path for path in sorted(raw.glob("[!.]*"))}
    damaged = {name for name, path in present.items() if file_sha256(path) != name}
    recorded = set(patient.store.read(FILES)["file_sha256"]) | set(patient.store.read(KEPT_FILES)["file_sha256"])
    faulty = {**dict.fromkeys(recorded - set(present), "it is on record and gone"),
              **dict.fromkeys(damaged, "its bytes are not those that were kept")}  # fmt: skip
    at_hand = _exports_by_hash(patient.folder / "exports") if faulty else {}
    for name, found in sorted(faulty.items()):
        export = at_hand.get(name)
        if export is None:
            yield Finding("kept-file", str(raw / name), found, f"{_RESTORE}, or put its export into exports/ again")
        else:
            repair = partial(_keep_again, patient.store, export)
            yield Finding("kept-file", str(raw / name), found, f"keep {export.name} of exports/ again", repair)


def _exports_by_hash(folder: Path) -> dict[str, Path]:
    return {file_sha256(path): path for path in sorted(folder.rglob("*")) if path.is_file()}


def _keep_again(store: Store, export: Path) -> None:
    store.keep_file(export)


def _holds_its_rows(path: Path) -> bool:
    try:
        return data_hash(pd.read_parquet(path)) == path.stem
    except (ArrowException, ValueError, OSError):
        return False
