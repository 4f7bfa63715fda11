"""What keeps a form from being written → the same with file and line of what to mend."""

from collections.abc import Mapping
from pathlib import Path

from instruments.faults import Fault, SpecError
from instruments.forms.refusal import FormFault, UnwritableFormError
from instruments.strict_yaml import Document, Place, read_yaml


def with_lines(refusal: UnwritableFormError, form: Path | None, instruments: Mapping[str, Path]) -> SpecError:
    """Find where to mend what a platform does not take.

    Args:
        refusal: The refusal.
        form: File of the form; none for an instrument alone.
        instruments: File of each instrument by name.
    """
    files: dict[Path, Document] = {}

    def located(fault: FormFault) -> Fault:
        path, place = _place(refusal, fault, form, instruments)
        document = files[path] = files.get(path) or read_yaml(path)
        where = f"section {fault.section} of {refusal.form.name}: " if fault.within[:1] == ("items",) else ""
        document.blame(place, f"cannot be written{refusal.target}: {where}{fault.message}")
        return document.faults[-1]

    return SpecError([located(fault) for fault in refusal.faults])


def _place(
    refusal: UnwritableFormError, fault: FormFault, form: Path | None, instruments: Mapping[str, Path]
) -> tuple[Path, Place]:
    """Return file and keys: of the item, option or stem to mend, else of the form's section or key."""
    sections = refusal.form.sections
    section = sections[fault.section - 1] if fault.section else sections[0]
    own = instruments[section.instrument] if section.instrument is not None else None
    if own is not None and (fault.within or form is None):
        return own, fault.within or ((fault.key,) if fault.key else ())
    if form is None:
        raise AssertionError("an instrument alone asks its own items")
    place: Place = ("sections", fault.section - 1) if fault.section else (fault.key,) if fault.key else ()
    return form, place
