"""Names of variables and wordings that ask what a person is called or where to be found → personal data.

Evidence for platforms that do not mark identifying questions, or where nobody marked them; it never looks at answers.
"""

import re

from pipelines.readers.plan import fold
from pipelines.readers.structure import Question

_PARTS = re.compile(r"[^a-z0-9]+|(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = frozenset(
    {
        "firstname", "lastname", "surname", "fullname", "middlename", "forename", "initials", "email", "mail", "phone",
        "telephone", "phonenumber", "phonenum", "mobile", "cellphone", "address", "street", "postcode", "postal", "zip",
        "zipcode", "dob", "birthdate", "birthday", "ssn", "cpr", "passport", "mrn", "gps", "geolocation", "latitude",
        "longitude", "ip", "ipaddr", "signature", "photo", "deviceid", "username", "imei", "simid", "whatsapp", "iban",
    }
)  # fmt: skip
_PHRASES = (
    ("first", "name"), ("name", "first"), ("last", "name"), ("name", "last"), ("full", "name"), ("name", "full"),
    ("middle", "name"), ("given", "name"), ("family", "name"), ("contact", "name"), ("respondent", "name"),
    ("participant", "name"), ("hh", "name"), ("e", "mail"), ("date", "of", "birth"), ("birth", "date"),
    ("date", "birth"), ("date", "naissance"), ("social", "security"), ("national", "id"), ("id", "number"),
    ("whats", "app"), ("user", "name"), ("device", "id"),
)  # fmt: skip
_WORDING = re.compile(
    r"\b(?:full|first|last|middle|family|given) name\b"
    r"|\bname of (?:the )?(?:respondent|participant|interviewee|child|(?:household )?head|next of kin)\b"
    r"|\b(?:phone|telephone|mobile|whatsapp) number\b|\be-?mail address\b|\bdate of birth\b"
    r"|\b(?:home|postal|street) address\b|\bsocial security number\b|\bcpr-?nummer\b|\bfulde navn\b"
)
_MOST_OPTIONS_OF_AN_ANSWER = 10


def names_a_person(name: str) -> bool:
    """Say whether the name of a variable promises a name, an address, a birth date or another direct identifier."""
    words = tuple(word for word in _PARTS.split(_CAMEL.sub("_", name).lower()) if word)
    if _WORDS & set(words) or words == ("name",):
        return True
    return any(words[start : start + len(phrase)] == phrase for phrase in _PHRASES for start in range(len(words)))


def identifies(question: Question) -> bool:
    """Say whether a question's name or wording asks for a direct identifier.

    A choice among a few fixed options, such as whether there is a telephone number, is none.
    """
    if question.options and len(question.options) <= _MOST_OPTIONS_OF_AN_ANSWER:
        return False
    if names_a_person(question.id):
        return True
    return question.kind not in ("metadata", "choice", "multiple_choice") and bool(_WORDING.search(fold(question.text)))
