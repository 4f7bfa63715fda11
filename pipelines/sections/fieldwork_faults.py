"""What study.yaml says of fieldwork, held against the frame's header, the items and the files that are there."""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from instruments.spec_file import Texts, closest
from instruments.strict_yaml import Document, Place
from pipelines.sections.fieldwork import ContactLog, Frame, Wave
from pipelines.sections.weighting import CROSSED, Calibration, RepresentativityOf, Weights


@dataclass(frozen=True)
class Surroundings:
    """What the sections of fieldwork are held against.

    Attributes:
        folder: The study folder.
        waves: The study's waves.
        respondent_groups: The study's groups.
        items: Names of the study's items.
    """

    folder: Path
    waves: Mapping[str, Wave]
    respondent_groups: Mapping[str, Texts]
    items: Collection[str]


@dataclass(frozen=True)
class Sections:
    """The sections of fieldwork of a study.yaml."""

    frame: Frame | None
    contact_log: ContactLog | None
    weights: Weights | None
    representativity: RepresentativityOf | None


def blame_fieldwork(sections: Sections, around: Surroundings, document: Document) -> None:
    """Add a fault for every column, category of a margin, wave, group and file that is not there."""
    _blame_contact_log(sections, around, document)
    columns = _header(around.folder, sections.frame)
    for place, name in _columns_named(sections):
        if sections.frame is None:
            document.blame(place, "this needs a list of invited units; give frame")
        elif columns is not None and name not in columns:
            document.blame(place, f"{sections.frame.file} has no column '{name}'{closest(name, columns)}")
    if sections.weights is not None and sections.weights.calibration is not None:
        _blame_margins(sections.weights.calibration, columns or [], around, document)


def _blame_margins(calibration: Calibration, columns: list[str], around: Surroundings, document: Document) -> None:
    here: Place = ("weights", "calibration")
    if calibration.margins_file is not None and not (around.folder / calibration.margins_file).is_file():
        document.blame((*here, "margins_file"), f"there is no file {calibration.margins_file} in the study folder")
    known = [*columns, *around.items]
    for group, of_group in calibration.margins.items():
        if group not in around.respondent_groups:
            nearest = closest(group, list(around.respondent_groups))
            document.blame((*here, "margins", group), f"there is no respondent group '{group}'{nearest}")
        for variable in of_group:
            for name in [part for part in variable.split(CROSSED) if part not in known]:
                message = f"there is no column of the frame and no item '{name}'{closest(name, known)}"
                document.blame((*here, "margins", group, variable), message)


def _blame_contact_log(sections: Sections, around: Surroundings, document: Document) -> None:
    log = sections.contact_log
    if log is None:
        return
    if sections.frame is None:
        document.blame(("contact_log",), "contacts belong to units of a frame; give frame")
    if not (around.folder / log.file).is_file():
        document.blame(("contact_log", "file"), f"there is no file {log.file} in the study folder")
    if log.wave is not None and log.wave not in around.waves:
        nearest = closest(log.wave, list(around.waves))
        document.blame(("contact_log", "wave"), f"there is no wave '{log.wave}'{nearest}")


def _columns_named(sections: Sections) -> Iterator[tuple[Place, str]]:
    """Go through every column of the frame that the sections name."""
    weights, about = sections.weights, sections.representativity
    if weights is not None and weights.design is not None:
        for key, name in weights.design.model_dump(exclude_none=True).items():
            yield ("weights", "design", key), name
    if weights is not None and weights.nonresponse is not None:
        for name in weights.nonresponse.variables:
            yield ("weights", "nonresponse", "variables"), name
    for name in about.variables if about else ():
        yield ("representativity", "variables"), name


def _header(folder: Path, frame: Frame | None) -> list[str] | None:
    """Return the frame's columns; None when there is no frame or nothing in it, of which something else tells."""
    if frame is None or not (folder / frame.file).is_file():
        return None
    text = (folder / frame.file).read_bytes().decode("utf-8-sig", "replace")
    return next(csv.reader(text.splitlines()), None)
