"""Names of variables and wordings that ask what a person is called or where to be found → personal data.

Evidence for platforms that do not mark identifying questions, or where nobody marked them; it never looks at answers.
"""

import re
import unicodedata

from pipelines.readers.plan import fold
from pipelines.readers.structure import Question

_PARTS = re.compile(r"[^a-z0-9]+|(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = frozenset(
    {
        "firstname", "lastname", "surname", "fullname", "middlename", "forename", "initials", "email", "mail", "phone",
        "telephone", "phonenumber", "phonenum", "devicephonenum", "mobile", "cellphone", "address", "street",
        "postcode", "postal", "zip", "zipcode", "dob", "birthdate", "birthday", "ssn", "cpr", "cprnr", "passport",
        "mrn", "gps", "gpslatitude", "gpsaltitude", "gpslongitude", "geolocation", "latitude", "longitude", "ip",
        "ipaddr", "ipaddress", "signature", "photo", "deviceid", "subscriberid", "username", "imei", "simid",
        "whatsapp", "iban",
        "fornavn", "efternavn", "etternavn", "fornamn", "efternamn", "vorname", "nachname", "prenom", "epost",
        "mailadresse", "emailadresse", "epostadresse", "adresse", "telefon", "telefonnummer", "telefonnr", "mobil",
        "mobilnummer", "personnummer", "fodselsnummer", "fodselsdato", "foedselsdato", "fodelsedatum", "geburtsdatum",
    }
)  # fmt: skip
_PHRASES = (
    ("first", "name"), ("name", "first"), ("last", "name"), ("name", "last"), ("full", "name"), ("name", "full"),
    ("middle", "name"), ("given", "name"), ("family", "name"), ("contact", "name"), ("respondent", "name"),
    ("participant", "name"), ("hh", "name"), ("manager", "name"), ("leader", "name"), ("supervisor", "name"),
    ("enumerator", "name"), ("interviewer", "name"), ("child", "name"), ("e", "mail"), ("date", "of", "birth"),
    ("birth", "date"), ("date", "birth"), ("date", "naissance"), ("social", "security"), ("national", "id"),
    ("id", "number"), ("whats", "app"), ("user", "name"), ("device", "id"), ("e", "post"), ("e", "mailadresse"),
    ("e", "postadresse"), ("adresse", "messagerie"),
)  # fmt: skip
_ALONE = frozenset({"name", "navn", "namn", "nom"})
_LETTERS = str.maketrans({"ø": "o", "å": "a", "æ": "ae", "ö": "o", "ä": "a", "ü": "u", "é": "e"})
_FILLERS = frozenset({"de", "nr", "nummer", "number", "your", "din", "dit", "the", "my"})
_WORDING = re.compile(
    r"\b(?:full|first|last|middle|family|given) name\b"
    r"|\bname of (?:the )?(?:respondent|participant|interviewee|child|(?:household )?head|next of kin)\b"
    r"|\b(?:phone|telephone|mobile|whatsapp) number\b|\be-?mail address\b|\bdate of birth\b"
    r"|\b(?:home|postal|street) address\b|\bsocial security number\b|\bcpr-?nummer\b|\bfulde navn\b"
)
_MOST_OPTIONS_OF_AN_ANSWER = 10


def names_a_person(name: str) -> bool:
    """Say whether the name of a variable promises a name, an address, a birth date or another direct identifier."""
    words = _words(name)
    if _WORDS & set(words) or _is_alone(words):
        return True
    return any(words[start : start + len(phrase)] == phrase for phrase in _PHRASES for start in range(len(words)))


def is_personal_header(header: str) -> bool:
    """Say whether a header is nothing but the word for a direct identifier, such as ``E-mailadresse`` or ``Your name``.

    Headers of plain tables may be whole questions, in which such a word alone says nothing.
    """
    words = tuple(word for word in _words(header) if word not in _FILLERS)
    phrases = (phrase for phrase in _PHRASES if set(phrase) <= set(words))
    of_phrases = {word for phrase in phrases for word in phrase}
    return bool(words) and (_is_alone(words) or all(word in _WORDS or word in of_phrases for word in words))


def _words(name: str) -> tuple[str, ...]:
    plain = _CAMEL.sub("_", unicodedata.normalize("NFC", name)).lower().translate(_LETTERS)
    return tuple(word for word in _PARTS.split(plain) if word)


def _is_alone(words: tuple[str, ...]) -> bool:
    return len(words) == 1 and words[0] in _ALONE


def identifies(question: Question) -> bool:
    """Say whether a question's name or wording asks for a direct identifier.

    A choice among a few fixed options, such as whether there is a telephone number, is none.
    """
    if question.options and len(question.options) <= _MOST_OPTIONS_OF_AN_ANSWER:
        return False
    if names_a_person(question.id):
        return True
    return question.kind not in ("metadata", "choice", "multiple_choice") and bool(_WORDING.search(fold(question.text)))
