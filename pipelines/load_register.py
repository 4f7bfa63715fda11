"""The register of a study: the instrument that describes the facts about its organisations."""

from pathlib import Path

from instruments.load import LIBRARY, find_instruments, read_instrument
from instruments.spec import Instrument
from instruments.strict_yaml import Document
from pipelines.cross_checks import blame_missing_file, existing
from pipelines.spec import StudySpec

_KINDS = ("choice", "number", "date", "code")


def read_register(folder: Path, spec: StudySpec, document: Document) -> Instrument | None:
    """Read the instrument of the section ``organisations``.

    Returns:
        The instrument; None when the study has no such section or the instrument has faults.
    """
    section = spec.organisations
    if section is None:
        return None
    place = ("organisations", "instrument")
    blame_missing_file(folder, section.file, document, ("organisations", "file"))
    files = find_instruments([LIBRARY, folder / "instruments"])
    if not existing([section.instrument], files, document, place, "instrument"):
        return None
    if section.instrument in spec.instruments:
        document.blame(place, f"'{section.instrument}' is asked of respondents too; take it out of instruments")
    register, faults = read_instrument(files[section.instrument])
    document.faults += faults
    if register is None:
        return None
    for name, item in register.items.items():
        if item.kind not in _KINDS:
            document.blame(place, f"'{name}' is of kind {item.kind}; a register has {', '.join(_KINDS)}")
    return register
