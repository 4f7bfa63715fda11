"""Open answers → the same without e-mail addresses, telephone, CPR and CHI numbers, and how many there were.

What is found is replaced by a word in brackets. Names and places cannot be found by patterns: open answers stay
private, whatever this finds.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from pipelines.person_numbers import PERSON_NUMBER, kind_of_person_number

KINDS = ("email", "cpr", "chi", "phone")
SUSPICIOUS = r"(?i)@|\(at\)|\[at\]|[0-9](?:[^0-9]{0,3}[0-9]){6}"
_EMAIL = re.compile(r"[\w.%+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_PHONE = re.compile(
    r"(?<![\d.,+])(?:"
    r"\(?(?:\+|00)[1-9](?:[ .-]?\(?\d\)?){6,13}"
    r"|0(?:[ -]?\d){9,10}"
    r"|\d{8}|\d{2}(?: \d{2}){3}|\d{2}(?:-\d{2}){3}|\d{4}[ -]\d{4}"
    r")(?![\d]|[.,]\d)"
)
_TWO_YEARS = re.compile(r"(?:19|20)\d{2}[ -](?:19|20)\d{2}")


@dataclass(frozen=True)
class ScreenedTexts:
    """What screening yields.

    Attributes:
        texts: Length n; the texts with what was found replaced.
        counts: Length n, one column a kind: how many were found.
    """

    texts: pd.Series
    counts: pd.DataFrame


def screen_texts(texts: pd.Series) -> ScreenedTexts:
    """Find what identifies people in open answers.

    Args:
        texts: Length n, missing as NA.

    Returns:
        The texts without it, and the counts.
    """
    suspicious = texts.str.contains(SUSPICIOUS, regex=True).fillna(value=False).astype(bool)
    counts = pd.DataFrame(0, index=texts.index, columns=list(KINDS))
    screened = texts.copy()
    different = {text: redact(str(text)) for text in texts[suspicious].unique()}
    screened[suspicious] = texts[suspicious].map({text: found[0] for text, found in different.items()})
    for kind in KINDS:
        counts.loc[suspicious, kind] = texts[suspicious].map({text: n[kind] for text, (_, n) in different.items()})
    return ScreenedTexts(screened, counts)


def redact(text: str) -> tuple[str, dict[str, int]]:
    """Return a text with what identifies people replaced by ``[email]``, ``[cpr]``, ``[chi]`` or ``[phone]``.

    A CPR or CHI number is ten digits that begin with a day of the calendar (DDMMYY), with a hyphen or blank before the
    last four or none. Without one, and with a valid CHI check digit (modulus 11), it is counted as a CHI number. A
    telephone number has a country code, or eleven or ten digits after a zero, or eight digits in one of the usual
    groups; two years such as 2019-2020 are none.
    """
    counts: dict[str, int] = dict.fromkeys(KINDS, 0)

    def replacing(kind_of: Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], str]:
        def replace(found: re.Match[str]) -> str:
            kind = kind_of(found)
            if not kind:
                return found.group()
            counts[kind] += 1
            return f"[{kind}]"

        return replace

    text = _EMAIL.sub(replacing(lambda _: "email"), text)
    text = PERSON_NUMBER.sub(replacing(kind_of_person_number), text)
    return _PHONE.sub(replacing(lambda found: "" if _TWO_YEARS.fullmatch(found.group()) else "phone"), text), counts
