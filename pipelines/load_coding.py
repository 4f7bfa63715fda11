"""The coding scheme of a study, and the variables that coded answers become."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from instruments.codings.load import LIBRARY, find_schemes, read_scheme
from instruments.codings.spec import CodingScheme
from instruments.forms.spec import Form
from instruments.spec import Instrument
from instruments.strict_yaml import Document
from pipelines.cross_checks import existing
from pipelines.sections.coding import Coding
from pipelines.spec import StudySpec

ANY_ITEM = ""


@dataclass(frozen=True)
class CodedVariable:
    """A variable made of codings.

    Attributes:
        kind: ``code`` (1 present, 0 not), ``answered`` (1 answered, 0 asked only) or ``log_words``.
        item: The open question; empty for any of them.
        code: The code; empty for other kinds.
    """

    kind: str
    item: str
    code: str = ""


@dataclass(frozen=True)
class StudyCoding:
    """How a study codes, and with what.

    Attributes:
        spec: Section ``coding`` of study.yaml.
        scheme: The scheme.
        unprompted: Of the coded questions, those answered before the word that the study is about was shown.
    """

    spec: Coding
    scheme: CodingScheme
    unprompted: frozenset[str]

    def variables(self) -> dict[str, CodedVariable]:
        """Return the variables by name: ``code_E1_OEQ_5``, ``code_E1`` over all questions, and what goes with them."""
        found: dict[str, CodedVariable] = {}
        for item in (*self.spec.items, ANY_ITEM):
            end = f"_{item}" if item else ""
            for code in self.codes_of(item):
                found[f"code_{code}{end}"] = CodedVariable("code", item, code)
            found[f"answered{end}" if item else "answered_any"] = CodedVariable("answered", item)
            found[f"log_words{end}"] = CodedVariable("log_words", item)
        return found

    def codes_of(self, item: str) -> list[str]:
        """Return the codes that answers to a question can have; of any question when it is empty."""
        return [code for code in self.scheme.codes if any(self.may_have(code, each) for each in self._items(item))]

    def may_have(self, code: str, item: str) -> bool:
        """Say whether answers to a question can have a code: some are for unprompted answers only."""
        return self.scheme.codes[code].answers == "any" or item in self.unprompted

    def _items(self, item: str) -> tuple[str, ...]:
        return (item,) if item else self.spec.items


def read_coding(
    folder: Path, spec: StudySpec, instruments: Mapping[str, Instrument], forms: Mapping[str, Form], document: Document
) -> StudyCoding | None:
    """Read the scheme that a study codes with, and check the section ``coding`` against its instruments.

    Args:
        folder: The study folder.
        spec: ``study.yaml``.
        instruments: Its instruments by name.
        forms: Its forms by name.
        document: Takes the faults.
    """
    files = find_schemes([LIBRARY, folder / "codings"])
    coding = spec.coding
    wanted = [] if coding is None else existing([coding.scheme], files, document, ("coding", "scheme"), "coding scheme")
    for path in sorted((folder / "codings").glob("*.yaml")):
        wanted += [] if path.stem in wanted else [path.stem]
    schemes: dict[str, CodingScheme] = {}
    for name in wanted:
        scheme, faults = read_scheme(files[name])
        document.faults += faults
        if scheme is not None:
            schemes[name] = scheme
    if coding is None or coding.scheme not in schemes:
        return None
    _blame_items(coding, instruments, document)
    for message in _misplaced(coding, instruments, forms):
        document.blame(("coding", "items"), message)
    items = {name: item for each in instruments.values() for name, item in each.items.items()}
    unprompted = frozenset(name for name in coding.items if name in items and items[name].prompted is False)
    return StudyCoding(coding, schemes[coding.scheme], unprompted)


def _blame_items(coding: Coding, instruments: Mapping[str, Instrument], document: Document) -> None:
    items = {name: item for each in instruments.values() for name, item in each.items.items()}
    place = ("coding", "items")
    for name in existing(coding.items, items, document, place, "item"):
        if items[name].kind != "open_text":
            document.blame(place, f"'{name}' is no open question; only answers of the kind open_text are coded")


def blame_coded_names(coding: StudyCoding | None, owner: Mapping[str, str], document: Document) -> None:
    """Blame variables of codings that are called like something of an instrument.

    Args:
        coding: How the study codes.
        owner: Column in small letters → the instrument that has it.
        document: Takes the faults.
    """
    for name in coding.variables() if coding is not None else ():
        if name.lower() in owner:
            document.blame(("coding", "items"), f"'{name}' stands in {owner[name.lower()]} too; rename it there")


def _misplaced(coding: Coding, instruments: Mapping[str, Instrument], forms: Mapping[str, Form]) -> Iterator[str]:
    """Find questions that say they are unprompted and that a form asks after the definition."""
    owner = {item: name for name, each in instruments.items() for item in each.items}
    for item in coding.items:
        if item not in owner or instruments[owner[item]].items[item].prompted is not False:
            continue
        for form in forms.values():
            if _asks_after_definition(form, owner[item], item):
                yield f"{item} says prompted: false, but the form {form.name} asks it after the definition; move it up"


def _asks_after_definition(form: Form, instrument: str, item: str) -> bool:
    is_defined = False
    for section in form.sections:
        is_defined = is_defined or section.definition is not None
        if is_defined and section.instrument == instrument and (not section.items or item in section.items):
            return True
    return False
