"""``export network``: named collaborations and who names them as a graph; private, as it shows small numbers."""

import os
from dataclasses import dataclass
from pathlib import Path

from instruments.faults import DataError, UsageError
from instruments.spec_file import closest
from pipelines.assets.graph import due_steps
from pipelines.assets.pseudonyms import pseudonymiser
from pipelines.assets.raw import begun_waves
from pipelines.commands.export import refuse_public_place
from pipelines.exports.network import Network, edge_list, graphml, network_of_groups, network_of_people
from pipelines.load import Study
from pipelines.store import Store
from pipelines.tables import core
from pipelines.tables.relations import COLLABORATIONS, DYADS, MEMBERSHIPS

FORMATS = {".graphml": graphml, ".csv": edge_list}
PRIVATE = (
    "the file tells who works with whom, down to single people: keep it as safe as the warehouse; it is not for release"
)
_OWNER_ONLY = 0o600


@dataclass(frozen=True)
class ExportedNetwork:
    """A graph that was written.

    Attributes:
        file: The file.
        n_members: Respondent groups within organisations, or people, in it.
        n_collaborations: Collaborations in it.
        n_edges: Memberships and dyads in it.
        warnings: That it is private.
    """

    file: Path
    n_members: int
    n_collaborations: int
    n_edges: int
    warnings: tuple[str, ...]


def export_network(
    study: Study, path: Path, wave: str | None, *, people: bool = False, replace: bool = False
) -> ExportedNetwork:
    """Write the graph of a study's collaborations.

    Args:
        study: The study, whose ``core.collaborations`` must be up to date.
        path: Where; its ending chooses the format.
        wave: Only this wave; all when None.
        people: Whether every response is a node of its own, under a pseudonym, with its dyads.
        replace: Whether a file that is there already may be replaced.

    Raises:
        UsageError: When the study has no collaborations, or the wave, place or name will not do.
        DataError: When exports, specifications or the software changed since the last run.
    """
    refuse_public_place(study, path)
    _refuse_name(path, replace=replace)
    if study.spec.collaborations is None:
        raise UsageError("the study has no named collaborations; say in collaborations which question asks for them")
    if wave is not None and wave not in study.spec.waves:
        raise UsageError(f"there is no wave '{wave}'{closest(wave, list(study.spec.waves))}")
    store = Store(study.warehouse)
    if due_steps(study, store, begun_waves(study, store), {"core/collaborations", "core/dyads"}):
        raise DataError("exports, specifications or the software changed since the last run; run the study first")
    network = _network(study, store, wave, people=people)
    if network.edges.empty:
        raise UsageError("nobody names a collaboration yet; there is no network to write")
    write_private(path, FORMATS[path.suffix](network))
    n_collaborations = int((network.nodes["kind"] == "collaboration").sum())
    n_members = len(network.nodes) - n_collaborations
    return ExportedNetwork(path, n_members, n_collaborations, len(network.edges), (PRIVATE,))


def _network(study: Study, store: Store, wave: str | None, *, people: bool) -> Network:
    waves = list(study.spec.waves) if wave is None else [wave]
    has_dyads = any(source.identifiers.dyads for source in study.spec.sources.values())
    memberships, collaborations, responses, dyads = (
        rows[rows["wave"].isin(waves)]
        for rows in (
            store.read(MEMBERSHIPS),
            store.read(COLLABORATIONS),
            store.read(core.RESPONSES),
            store.read(DYADS) if has_dyads else DYADS.empty(),
        )
    )
    responses = responses[responses["is_analysed"].astype(bool)]
    if not people:
        return network_of_groups(memberships, collaborations, responses)
    maker = pseudonymiser(study, store, "network")
    return network_of_people(memberships, collaborations, responses, dyads, lambda each: maker.one("response", each))


def _refuse_name(path: Path, *, replace: bool) -> None:
    if path.suffix not in FORMATS:
        raise UsageError(f"{path.name}: expected a name ending in {' or '.join(FORMATS)}")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}; make it first")
    if path.exists() and not replace:
        raise UsageError(f"{path} is there already; give another name, or --force to replace it")


def write_private(path: Path, text: str) -> None:
    """Write the file under another name, readable by its owner alone, and only then give it its name."""
    unfinished = path.with_name(f".{path.name}.part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    unfinished.replace(path)
