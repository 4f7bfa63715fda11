"""What SPSS and Stata allow: how long names, labels and texts may be, and which names are taken.

Everything that does not fit is changed by one rule and said aloud by the caller. Put here limits and the rules for
meeting them; what a file holds is in ``labelled_file``.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

ELLIPSIS = "…"
_HASH_LETTERS = 6
_WORDS_OF_SPSS = "all and by eq ge gt le lt ne not or to with"
_WORDS_OF_STATA = "_all _b _coef _cons _n _pi _pred _rc _skip byte double float if in int long strl using with"
_TYPE_OF_A_TEXT = re.compile(r"str[0-9]+", re.IGNORECASE)
_NOT_ALLOWED = re.compile(r"[^0-9A-Za-z_]")


def n_bytes(text: str) -> int:
    """Return the length of a text in UTF-8."""
    return len(text.encode())


@dataclass(frozen=True)
class Program:
    """A statistics program and the limits of its files.

    Attributes:
        name: As people call it.
        suffixes: Endings of its files.
        longest_name: Characters of a variable's name.
        reserved: Names it keeps for itself, in lower case.
        longest_title: Length of the file's label.
        longest_label: Length of a variable's label.
        longest_value_label: Length of a value's label.
        longest_text: Bytes of a text; None when any text fits.
        length: How it measures variables' labels and the file's label.
    """

    name: str
    suffixes: tuple[str, ...]
    longest_name: int
    reserved: frozenset[str]
    longest_title: int
    longest_label: int
    longest_value_label: int
    longest_text: int | None
    length: Callable[[str], int]


SPSS = Program(
    name="SPSS",
    suffixes=(".sav", ".zsav"),
    longest_name=64,
    reserved=frozenset(_WORDS_OF_SPSS.split()),
    longest_title=64,
    longest_label=256,
    longest_value_label=120,
    longest_text=32_767,
    length=n_bytes,
)
STATA = Program(
    name="Stata",
    suffixes=(".dta",),
    longest_name=32,
    reserved=frozenset(_WORDS_OF_STATA.split()),
    longest_title=80,
    longest_label=80,
    longest_value_label=32_000,
    longest_text=None,
    length=len,
)


def cut(text: str, longest: int, length: Callable[[str], int] = n_bytes) -> str:
    """Shorten a text to a length, ellipsis included; no letter is cut in half."""
    if length(text) <= longest:
        return text
    room = longest - length(ELLIPSIS)
    low, high = 0, min(len(text), room)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(text[:middle]) <= room else (low, middle - 1)
    return text[:low].rstrip() + ELLIPSIS


def legal_names(names: Iterable[str], program: Program) -> Mapping[str, str]:
    """Give every variable a name that the program allows; upper and lower case do not tell two names apart.

    Args:
        names: Different names, in the order of the file.
        program: The program.

    Returns:
        Name → legal name: the name itself where it is legal; else with ``_`` for what is not allowed, and where it is
        too long or taken the beginning and a hash of the whole name, so that the same name always becomes the same.
    """
    given = list(names)
    taken = {name.lower() for name in given if _is_legal(name, program)}
    found: dict[str, str] = {}
    used: set[str] = set()
    for name in given:
        is_free = _is_legal(name, program) and name.lower() not in used
        found[name] = name if is_free else _substitute(name, program, taken | used)
        used.add(found[name].lower())
    return found


def _is_legal(name: str, program: Program) -> bool:
    has_form = bool(name) and name[0].isalpha() and not _NOT_ALLOWED.search(name)
    is_taken = name.lower() in program.reserved or (program is STATA and _TYPE_OF_A_TEXT.fullmatch(name))
    return has_form and len(name) <= program.longest_name and not is_taken


def _substitute(name: str, program: Program, taken: set[str]) -> str:
    spelt = _NOT_ALLOWED.sub("_", name)
    spelt = spelt if spelt[:1].isalpha() else f"v_{spelt}"
    candidate, count = spelt, 0
    while not _is_legal(candidate, program) or candidate.lower() in taken:
        tail = hashlib.sha256(f"{name} {count}".encode()).hexdigest()[:_HASH_LETTERS]
        candidate = f"{spelt[: program.longest_name - _HASH_LETTERS - 1]}_{tail}"
        count += 1
    return candidate
