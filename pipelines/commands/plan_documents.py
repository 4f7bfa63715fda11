"""The documents of the analysis plan in ``plan/`` of a study folder: written, held against the record, mended."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from pipelines.files import PUBLIC, whole_or_absent
from pipelines.load import Study
from pipelines.steps.plan_content import Content, hash_of
from pipelines.steps.plan_record import document_of
from pipelines.store import environment_faults

FOLDER = "plan"


def document_path(study: Study, document: Content) -> Path:
    """Return where the document of a lock or amendment lies."""
    return study.folder / FOLDER / f"{document['entry']:04d}-{document['kind']}.json"


def write_document(study: Study, document: Content) -> Path:
    """Write the document of a lock or amendment, whole or not at all."""
    path = document_path(study, document)
    with environment_faults(path):
        path.parent.mkdir(exist_ok=True)
        for left_over in path.parent.glob(".*.json"):
            left_over.unlink()
        with whole_or_absent(path, PUBLIC) as unfinished:
            text = json.dumps(
                {"plan_hash": hash_of(document), **document}, indent=2, sort_keys=True, ensure_ascii=False
            )
            unfinished.write_text(text + "\n", encoding="utf-8")
    return path


def faults_of_documents(study: Study, plan: pd.DataFrame, notes: list[str], *, mends: bool) -> Iterator[str]:
    """Say which documents are not as they were written; write the missing ones again where it ``mends``."""
    expected: set[str] = set()
    for _, rows in plan.groupby("entry", sort=True):
        document = document_of(rows)
        path = document_path(study, document)
        expected.add(path.name)
        if not path.exists() and mends:
            write_document(study, document)
            notes.append(f"plan/{path.name} was missing and was written again from the warehouse")
        elif not path.exists():
            notes.append(f"plan/{path.name} is missing; sensemaking plan status STUDY writes it again")
        elif _hash_of_document(path) != hash_of(document):
            yield f"plan/{path.name} was changed since it was written; the warehouse holds what was locked"
    yield from strange_documents(study, expected)


def strange_documents(study: Study, expected: set[str]) -> list[str]:
    """Name the documents that no entry of the recorded plan has."""
    return [
        f"plan/{path.name} belongs to no lock that this warehouse knows"
        for path in sorted((study.folder / FOLDER).glob("[!.]*.json"))
        if path.name not in expected
    ]


def _hash_of_document(path: Path) -> str:
    """Return the hash of what a document says, or nothing when it says another hash or cannot be read."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        stated = said.pop("plan_hash")
    except (ValueError, KeyError, AttributeError):
        return ""
    return stated if hash_of(said) == stated else ""
