"""Names of variables that say what a person is called or where to be found → personal data.

Evidence for platforms that do not mark identifying questions, or where nobody marked them; it looks at names of
variables only, never at answers.
"""

import re

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


def names_a_person(name: str) -> bool:
    """Say whether the name of a variable promises a name, an address, a birth date or another direct identifier."""
    words = tuple(word for word in _PARTS.split(_CAMEL.sub("_", name).lower()) if word)
    if _WORDS & set(words) or words == ("name",):
        return True
    return any(words[start : start + len(phrase)] == phrase for phrase in _PHRASES for start in range(len(words)))
