"""YAML files → coding schemes, with every fault of a file at once."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from instruments.codings.spec import CodingScheme
from instruments.faults import Fault, raise_if_any
from instruments.read_once import read_once
from instruments.spec_file import closest
from instruments.strict_yaml import Place

LIBRARY = Path(__file__).parents[1] / "library" / "codings"


def find_schemes(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the file of every scheme by name; a later folder's file replaces an earlier one's of the same name."""
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def read_scheme(path: Path) -> tuple[CodingScheme | None, list[Fault]]:
    """Read one coding scheme.

    Returns:
        The scheme, or None when it has faults, and the faults.
    """
    scheme, document = read_once(path, CodingScheme)
    if scheme is not None:
        if scheme.name != path.stem:
            document.blame(("name",), f"the file is called {path.name}; expected name: {path.stem}")
        for place, message in _faults(scheme):
            document.blame(place, message)
    return (None if document.faults else scheme), document.faults


def load_scheme(path: Path) -> CodingScheme:
    """Read one coding scheme or raise SpecError with every fault."""
    scheme, faults = read_scheme(path)
    raise_if_any(faults)
    if scheme is None:
        raise AssertionError("a coding scheme without faults was not read")
    return scheme


def _faults(scheme: CodingScheme) -> Iterator[tuple[Place, str]]:
    yield from _faults_of_codes(scheme)
    yield from _faults_of_changes(scheme)
    if scheme.thresholds.tentative > scheme.thresholds.accept:
        yield ("thresholds", "tentative"), "tentative is above accept; expected at most accept"


def _faults_of_codes(scheme: CodingScheme) -> Iterator[tuple[Place, str]]:
    names: dict[str, str] = {}
    for code, each in scheme.codes.items():
        if each.family not in scheme.families:
            nearest = closest(each.family, list(scheme.families))
            yield ("codes", code, "family"), f"there is no family '{each.family}'{nearest}"
        if each.name in names:
            yield ("codes", code, "name"), f"'{each.name}' is the name of {names[each.name]} too; rename one of them"
        names[each.name] = code
    used = {each.family for each in scheme.codes.values()}
    for family in scheme.families:
        if family not in used:
            yield ("families", family), f"no code belongs to the family '{family}'; add one, or take the family out"


def _faults_of_changes(scheme: CodingScheme) -> Iterator[tuple[Place, str]]:
    """The log of changes must lead to the codes as they are: each code has the version that last touched it."""
    versions = scheme.versions
    if len(set(versions)) < len(versions):
        yield ("changes",), "a version stands twice; give every change a version of its own"
    if versions[-1] != scheme.version:
        yield ("version",), f"the last change is of version {versions[-1]}; write down what {scheme.version} changed"
    touched: dict[str, str] = {}
    for number, change in enumerate(scheme.changes):
        for key in ("added", "changed", "removed"):
            for code in getattr(change, key):
                if (code in touched) == (key == "added"):
                    known = "is there already" if key == "added" else "is not there before it"
                    yield ("changes", number, key), f"{code} {known}; look at the earlier changes"
                touched[code] = change.version
        for code in change.removed:
            touched.pop(code, None)
    yield from _faults_of_versions(scheme, touched)


def _faults_of_versions(scheme: CodingScheme, touched: dict[str, str]) -> Iterator[tuple[Place, str]]:
    for code, each in scheme.codes.items():
        if code not in touched:
            yield ("codes", code), "no change adds this code; name it under added of the version that brought it"
        elif each.version != touched[code]:
            message = f"found {each.version}, but {touched[code]} is the last version whose change names {code}; "
            yield ("codes", code, "version"), message + "write a change with a new version when a definition changes"
    for code in touched:
        if code not in scheme.codes:
            yield ("changes",), f"{code} is no code any more; name it under removed of the version that took it out"
