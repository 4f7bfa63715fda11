"""What study.yaml says of fieldwork, held against the frame's header, the items and the files that are there.

Put here checks of the frame, contacts, weights and representativity; other sections are checked in ``cross_checks``.
"""

import csv
from collections.abc import Collection, Iterator
from pathlib import Path

from instruments.strict_yaml import Document, Place
from pipelines.cross_checks import blame_missing_file, existing
from pipelines.sections.weighting import CROSSED
from pipelines.spec import StudySpec


def blame_fieldwork(spec: StudySpec, folder: Path, items: Collection[str], document: Document) -> None:
    """Add a fault for every file, wave, group, column of the frame and variable of a margin that is not there.

    Args:
        spec: The study.
        folder: Its folder.
        items: Names of its items.
        document: ``study.yaml``.
    """
    if spec.contact_log is not None:
        blame_missing_file(folder, spec.contact_log.file, document, ("contact_log", "file"))
        named = [spec.contact_log.wave] if spec.contact_log.wave is not None else []
        existing(named, spec.waves, document, ("contact_log", "wave"), "wave")
        if spec.frame is None:
            document.blame(("contact_log",), "contacts belong to units of a frame; give frame")
    columns = _header(spec, folder)
    for place, name in _columns_named(spec):
        if spec.frame is None:
            document.blame(place, "this needs a list of invited units; give frame")
        elif columns is not None:
            existing([name], columns, document, place, f"column of {spec.frame.file}")
    _blame_margins(spec, folder, [*(columns or []), *items], document)


def _blame_margins(spec: StudySpec, folder: Path, variables: list[str], document: Document) -> None:
    calibration = spec.weights.calibration if spec.weights else None
    if calibration is None:
        return
    here: Place = ("weights", "calibration")
    blame_missing_file(folder, calibration.margins_file, document, (*here, "margins_file"))
    existing(calibration.margins, spec.respondent_groups, document, (*here, "margins"), "respondent group")
    existing(calibration.totals, spec.respondent_groups, document, (*here, "totals"), "respondent group")
    for key, said in (("margins", calibration.margins), ("totals", calibration.totals)):
        for group, of_group in said.items():
            for variable in of_group:
                parts = variable.split(CROSSED) if key == "margins" else [variable]
                existing(parts, variables, document, (*here, key, group, variable), "item or column of the frame")


def _columns_named(spec: StudySpec) -> Iterator[tuple[Place, str]]:
    """Go through every column of the frame that the sections name."""
    weights, about = spec.weights, spec.representativity
    if weights is not None and weights.design is not None:
        for key, name in weights.design.model_dump(exclude_none=True).items():
            yield ("weights", "design", key), name
    if weights is not None and weights.nonresponse is not None:
        for name in weights.nonresponse.variables:
            yield ("weights", "nonresponse", "variables"), name
    for name in about.variables if about else ():
        yield ("representativity", "variables"), name


def _header(spec: StudySpec, folder: Path) -> list[str] | None:
    """Return the frame's columns; None when there is no frame or nothing in it, of which something else tells."""
    if spec.frame is None or not (folder / spec.frame.file).is_file():
        return None
    text = (folder / spec.frame.file).read_bytes().decode("utf-8-sig", "replace")
    return next(csv.reader(text.splitlines()), None)
