"""Cells that look like what identifies a person: e-mail addresses and Danish civil registration numbers (CPR).

Put here patterns that hold whatever the platform; the names of a platform's own columns belong to its reader.
"""

import re
from collections.abc import Iterable

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[A-Za-z]{2,}")
_CPR = re.compile(r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{2}(-?)\d{4}")
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


def holds_email(texts: Iterable[str]) -> bool:
    """Say whether any text is an e-mail address."""
    return any(_EMAIL.fullmatch(text) for text in texts)


def holds_cpr(texts: Iterable[str]) -> bool:
    """Say whether the texts are civil registration numbers.

    One in the usual form, a date, a hyphen and four digits, is enough; without hyphens, as ten digits may be any
    number, all of at least three texts must begin with a date.
    """
    found = [_CPR.fullmatch(text) for text in texts]
    if any(match is not None and match.group(3) for match in found):
        return True
    return len(found) >= 3 and all(found)  # noqa: PLR2004 - fewer may be a coincidence
