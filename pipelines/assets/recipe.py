"""What the rows of a fit are made from, kept so small that every fit can keep it: specifications, and hashes of files.

The specifications lie in ``warehouse/specs/`` under their hash, each state of each once; files are named by their hash
only: exports lie in the raw store, what a team keeps beside its study is the team's. No row of anybody is kept here.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from instruments.codings.spec import CodingScheme
from instruments.forms.spec import Form
from instruments.spec import Instrument
from instruments.spec_file import canonical_json
from pipelines.assets.coding_files import folder_of
from pipelines.assets.step import code_hash
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.load_coding import StudyCoding
from pipelines.spec import StudySpec
from pipelines.steps.plan_content import canonical
from pipelines.store import Store
from pipelines.tables.core import RESPONSES
from pipelines.tables.pulling import DELETIONS
from pipelines.tables.raw import FILES

STUDY, REGISTER, SCHEME = "study", "register", "scheme"


@dataclass(frozen=True)
class Recipe:
    """What the rows of a fit are made from.

    Attributes:
        code_hash: SHA-256 of everything that makes tables.
        specs: ``study``, ``register``, ``scheme``, ``instruments/NAME`` or ``forms/NAME`` → hash of the specification.
        unprompted: Of the coded questions, those asked before the word that the study is about was shown.
        files: Exports in the order they were accepted: file_sha256, file_name, source, wave.
        team_files: Path in the study folder → SHA-256 of what the team keeps there.
        deletions: Wave → when the last of the responses was noticed that its platform had no more when it was read.
    """

    code_hash: str
    specs: Mapping[str, str]
    unprompted: tuple[str, ...]
    files: tuple[Mapping[str, str], ...]
    team_files: Mapping[str, str]
    deletions: Mapping[str, str]


def keep_recipe(study: Study, store: Store) -> str:
    """Keep what the tables of a study are made from now.

    Returns:
        The hash under which it lies.
    """
    files = store.read(FILES).sort_values(["received_at", "file_name"], kind="stable")
    recipe = {
        "code_hash": code_hash(),
        "specs": {name: store.keep_text(text) for name, text in _specs(study)},
        "unprompted": sorted(study.coding.unprompted) if study.coding is not None else [],
        "files": [
            {name: str(value) for name, value in file.items()}
            for file in files[["file_sha256", "file_name", "source", "wave"]].to_dict("records")
        ],
        "team_files": dict(sorted(_team_files(study))),
    }
    deletions = dict(_deletions(store))
    if deletions:
        recipe["deletions"] = deletions
    return store.keep_text(canonical(recipe))


def read_recipe(store: Store, name: str) -> Recipe:
    """Return what was kept.

    Raises:
        WarehouseError: When it is gone or damaged.
    """
    said: dict[str, Any] = json.loads(store.kept_text(name))
    files, unprompted = tuple(said["files"]), tuple(said["unprompted"])
    return Recipe(said["code_hash"], said["specs"], unprompted, files, said["team_files"], said.get("deletions", {}))


def _deletions(store: Store) -> Iterator[tuple[str, str]]:
    """Say up to when deletions on platforms were known when each wave was last read."""
    rows, written = store.read(DELETIONS), store.provenance()
    for wave, noticed in rows.groupby("wave")["noticed_at"]:
        read = written.get((RESPONSES.name, str(wave)))
        known = noticed[noticed <= read["written_at"]] if read is not None else noticed[:0]
        if len(known):
            yield str(wave), known.max().isoformat()


def study_of(recipe: Recipe, store: Store, folder: Path) -> Study:
    """Return the study as it was, without models, in another folder.

    Raises:
        WarehouseError: When a specification is gone or damaged.
    """
    texts = {name: store.kept_text(kept) for name, kept in recipe.specs.items()}
    spec = StudySpec.model_validate_json(texts[STUDY])
    coding = None
    if spec.coding is not None and SCHEME in texts:
        scheme = CodingScheme.model_validate_json(texts[SCHEME])
        coding = StudyCoding(spec.coding, scheme, frozenset(recipe.unprompted))
    return Study(
        folder=folder,
        spec=spec,
        instruments={name: Instrument.model_validate_json(text) for name, text in _below("instruments", texts)},
        models={},
        forms={name: Form.model_validate_json(text) for name, text in _below("forms", texts)},
        register=Instrument.model_validate_json(texts[REGISTER]) if REGISTER in texts else None,
        coding=coding,
    )


def _specs(study: Study) -> Iterator[tuple[str, str]]:
    yield STUDY, canonical_json(study.spec)
    for number, (name, each) in enumerate(study.instruments.items()):
        yield f"instruments/{number:03d}/{name}", canonical_json(each)
    for number, (name, form) in enumerate(study.forms.items()):
        yield f"forms/{number:03d}/{name}", canonical_json(form)
    if study.register is not None:
        yield REGISTER, canonical_json(study.register)
    if study.coding is not None:
        yield SCHEME, canonical_json(study.coding.scheme)


def _below(folder: str, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in sorted(texts):
        if name.startswith(f"{folder}/"):
            yield name.split("/")[2], texts[name]


def _team_files(study: Study) -> Iterator[tuple[str, str]]:
    """List what the team keeps beside the exports and the tables read, with its hash."""
    spec = study.spec
    named = [
        *(each.file for each in (spec.frame, spec.contact_log, spec.organisations, spec.label_experiment) if each),
        *([spec.collaborations.names] if spec.collaborations and spec.collaborations.names else []),
        *([spec.linking.decisions] if spec.linking.decisions else []),
        *([margins.margins_file] if spec.weights and (margins := spec.weights.calibration) else []),
        *spec.casework.files(),
    ]
    structures = [f"exports/{name}" for source in spec.sources.values() for name in source.structure]
    coded = [*folder_of(study).glob("*.csv"), *folder_of(study).glob("schemes/*.json")] if study.coding else []
    names = [*named, *structures, *(path.relative_to(study.folder).as_posix() for path in coded)]
    for name in dict.fromkeys(name for name in names if name):
        if (study.folder / name).is_file():
            yield name, file_sha256(study.folder / name)
