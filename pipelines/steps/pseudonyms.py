"""What identifies a person → a keyed hash, the same wherever the person appears, that tells nothing without the key.

HMAC-SHA-256 (RFC 2104) over ``study|purpose|field|value``: a plain or salted hash would not do, since e-mail addresses
and codes can be listed and tried.
"""

import hmac
import unicodedata
from dataclasses import dataclass

import pandas as pd

_DIGITS = 32
_SPELLINGS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Pseudonymiser:
    """Makes pseudonyms of one purpose.

    Attributes:
        key: 32 secret bytes.
        study: Name of the study; the same person has another pseudonym in another study.
        purpose: What the pseudonyms are for.
    """

    key: bytes
    study: str
    purpose: str

    def one(self, field: str, value: str) -> str:
        """Return the pseudonym of a value: 32 hexadecimal digits, the first half of the HMAC.

        Args:
            field: What the value is; equal values of different fields have different pseudonyms.
            value: The normalised value.
        """
        message = f"{self.study}|{self.purpose}|{field}|{value}".encode()
        return hmac.digest(self.key, message, "sha256").hex()[:_DIGITS]

    def every(self, field: str, values: pd.Series) -> pd.Series:
        """Return the pseudonyms of values; missing stays missing."""
        known = {value: self.one(field, normalised_key(value)) for value in values.dropna().unique()}
        return values.map(known).astype("str")

    def fingerprint(self) -> str:
        """Return what tells two keys apart without telling anything of them."""
        return self.one("fingerprint", "")


def normalised_key(value: str) -> str:
    """Return the form in which keys are compared: Unicode made uniform, outer blanks cut; capitals count."""
    return unicodedata.normalize("NFKC", value).strip()


def normalised_element(value: str) -> str:
    """Return the form in which elements of a self-generated code are compared.

    Unicode made uniform (NFKC), capitals and blanks and punctuation ignored, ``æ`` as ``ae``, ``ø`` as ``oe``, ``å``
    as ``aa``: people spell the same letter differently from wave to wave.
    """
    folded = unicodedata.normalize("NFKC", value).casefold().translate(_SPELLINGS)
    return "".join(letter for letter in folded if letter.isalnum())
