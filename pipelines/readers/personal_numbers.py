"""Cells that look like what identifies a person: e-mail addresses and Danish civil registration numbers (CPR).

Put here patterns that hold whatever the platform; the names of a platform's own columns belong to its reader.
"""

import re
from collections.abc import Sequence

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[A-Za-z]{2,}")
_CPR = re.compile(r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{2}(-?)\d{4}")
_CPR_IN_TEXT = re.compile(r"(?<!\d)(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{2}-\d{4}(?!\d)")
PERSONAL_HEADERS = frozenset(
    {
        "email", "e-mail", "email address", "e-mail address", "e-mailadresse", "e-postadresse", "e-post", "mail",
        "mailadresse", "epost", "adresse de messagerie", "adresse e-mail", "e-mail-adresse", "username",
        "name", "navn", "namn", "nom", "full name", "first name", "last name", "fornavn", "efternavn", "etternavn",
        "förnamn", "efternamn", "vorname", "nachname", "prénom", "ip address", "ip-adresse", "phone", "telefon",
        "phone number", "telefonnummer", "mobil", "cpr", "cpr-nummer", "cpr-nr", "cpr-nr.", "cprnr", "cpr nummer",
        "personnummer", "fødselsnummer", "birth date", "date of birth", "fødselsdato", "address", "adresse",
    }
)  # fmt: skip


def holds_email(texts: Sequence[str]) -> bool:
    """Say whether at least half of the different texts are addresses; one in a comment makes no column of them."""
    return 2 * sum(_EMAIL.fullmatch(text) is not None for text in texts) >= max(len(texts), 1)


def holds_cpr(texts: Sequence[str]) -> bool:
    """Say whether at least half of the different texts are civil registration numbers.

    With the hyphen in its place one is enough; ten digits alone may be any number, so that at least three texts must
    all begin with a date.
    """
    found = [match for text in texts if (match := _CPR.fullmatch(text)) is not None]
    if any(match.group(3) for match in found):
        return 2 * len(found) >= len(texts)
    return len(found) == len(texts) >= 3  # noqa: PLR2004 - fewer may be a coincidence


def count_cpr(texts: Sequence[str]) -> int:
    """Count the texts that hold a civil registration number with its hyphen, alone or among other words."""
    return sum(_CPR_IN_TEXT.search(text) is not None for text in texts)
