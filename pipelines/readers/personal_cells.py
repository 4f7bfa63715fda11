"""Cells that look like what identifies a person: e-mail addresses and Danish civil registration numbers (CPR).

Put here patterns that hold whatever the platform; what a name or a wording promises is in ``personal_names``.
"""

import re
from collections.abc import Sequence

from pipelines.person_numbers import PERSON_NUMBER, kind_of_person_number

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[A-Za-z]{2,}")
_WITHOUT_FIRST_ZERO = re.compile(r"[1-9]\d{8}")


def holds_email(texts: Sequence[str]) -> bool:
    """Say whether at least half of the different texts are addresses; one in a comment makes no column of them."""
    return 2 * sum(_EMAIL.fullmatch(text) is not None for text in texts) >= max(len(texts), 1)


def holds_cpr(texts: Sequence[str]) -> bool:
    """Say whether at least half of the different texts are civil registration numbers.

    With the hyphen in its place one is enough; ten digits alone, or nine where a number lost its first zero, may be any
    number, so that at least three texts must all begin with a date.
    """
    padded = [f"0{text}" if _WITHOUT_FIRST_ZERO.fullmatch(text) else text for text in texts]
    found = [match for text in padded if (match := PERSON_NUMBER.fullmatch(text)) and kind_of_person_number(match)]
    if any(match.group(4) for match in found):
        return 2 * len(found) >= len(texts)
    return len(found) == len(texts) >= 3  # noqa: PLR2004 - fewer may be a coincidence


def count_cpr(texts: Sequence[str]) -> int:
    """Count the texts that hold a civil registration number with its hyphen, alone or among other words."""
    return sum(
        any(match.group(4) == "-" and kind_of_person_number(match) for match in PERSON_NUMBER.finditer(text))
        for text in texts
    )
