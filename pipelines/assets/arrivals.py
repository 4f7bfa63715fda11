"""What data of every wave has arrived: in the tables, unread in ``exports/``, or accepted before and gone."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from instruments.faults import DataError
from pipelines.assets.exports import planned
from pipelines.assets.raw import exports_of
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.receive import count_filled_cells
from pipelines.steps.plan_labels import Arrived
from pipelines.store import Store
from pipelines.tables import core
from pipelines.tables.erasures import ERASURES
from pipelines.tables.raw import KEPT_FILES


def arrived(study: Study, store: Store) -> dict[str, Arrived]:
    """Return what is here of every wave now: in the tables, unread in ``exports/``, or accepted before and gone."""
    responses = store.read(core.RESPONSES)
    known = {*store.read(KEPT_FILES)["file_sha256"], *store.read(ERASURES)["old_sha256"]}
    real = responses[responses["disposition_code"].notna()].groupby("wave").size()
    gone = _gone_files(study, store, set(responses["wave"]))
    waves = dict.fromkeys([*study.spec.waves, *responses["wave"], *gone])
    return {
        wave: Arrived(
            n_responses=int(real.get(wave, 0)),
            n_unread_rows=_unread_rows(study, store, wave, known),
            n_gone_files=gone.get(wave, 0),
        )
        for wave in waves
    }


def as_json(found: Mapping[str, Arrived]) -> dict[str, Any]:
    """Write what arrived as plain values."""
    return {wave: asdict(each) for wave, each in found.items()}


def _gone_files(study: Study, store: Store, waves: set[str]) -> dict[str, int]:
    """Count by wave the files that were accepted, where nothing of them is in the tables, or people were erased."""
    kept, erased = store.read(KEPT_FILES), store.read(ERASURES)
    cut = set(erased.loc[(erased["kind"] == "export") & (erased["n_rows"] > 0), "new_sha256"])
    found: dict[str, int] = {}
    for file in kept.itertuples():
        source = study.spec.sources.get(str(file.source))
        if source is not None and (source.wave not in waves or file.file_sha256 in cut):
            found[source.wave] = found.get(source.wave, 0) + 1
    return found


def _unread_rows(study: Study, store: Store, wave: str, known: set[str]) -> int | None:
    """Count the rows of exports that no run has read; None when one of them cannot be read."""
    total = 0
    with store.staging():
        for _, source, path in exports_of(study, wave):
            if file_sha256(path) in known:
                continue
            try:
                with planned(study, source, path, path.name) as (export, plan):
                    total += count_filled_cells(export, plan).n_rows
            except DataError:
                return None
    return total
