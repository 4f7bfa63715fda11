"""Who may see the released results on the dashboard: ``access.yaml`` of a study folder.

Deny by default: whoever is not listed sees nothing. Messages name places of the file and never people. Secrets do not
belong here but into ``access_secrets``.
"""

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from instruments.faults import SpecError, raise_if_any
from instruments.spec_file import Spec, read_spec
from instruments.strict_yaml import Document, Place

FILE = "access.yaml"
VARIABLE = "SENSEMAKING_ACCESS"
"""Names the access file to the dashboard's server; empty where nobody signs in."""
THIS_MACHINE = ("127.0.0.1", "localhost")
DISCOVERY = "/.well-known/openid-configuration"
CALLBACK = "/oauth2callback"

Claim = Literal["email", "sub", "oid"]
Role = Literal["executive", "unit"]


def _address(text: str) -> str:
    """Accept an address that browsers may send secrets to: https, or http within this machine."""
    parts = urlsplit(text)
    is_protected = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)
    if not (is_protected and parts.hostname) or parts.query or parts.fragment or parts.username or parts.password:
        raise ValueError(
            "expected an address such as https://dashboard.example.org; http only on 127.0.0.1, nothing after the path"
        )
    return text


def _origin(text: str) -> str:
    if urlsplit(_address(text)).path:
        raise ValueError(
            "expected an address without a path and without / at its end, as the dashboard is served there"
        )
    return text


class Provider(Spec):
    """The OpenID Connect provider with which people sign in.

    Attributes:
        issuer: Its address, letter by letter as its tokens name it in `iss`.
        client_id: What it calls this dashboard; tokens for anything else are refused.
        person: The claim that says who somebody is; an `email` counts only where the provider says that it is verified.
    """

    issuer: Annotated[str, AfterValidator(_address)]
    client_id: str = Field(min_length=1)
    person: Claim = "email"


class Person(Spec):
    """Somebody who may see released results.

    Attributes:
        person: What the claim says of them, such as an e-mail address.
        role: `executive` sees the whole release, `unit` what is about everybody and the own figures of some units.
        units: Which organisations, for a `unit`; as the release names them.
    """

    person: str = Field(min_length=1)
    role: Role
    units: tuple[str, ...] = ()


class Access(Spec):
    """Who may see the released results, and how they prove who they are.

    Attributes:
        address: Where browsers find the dashboard.
        provider: With which provider people sign in.
        people: Everybody who may see anything.
    """

    address: Annotated[str, AfterValidator(_origin)]
    provider: Provider
    people: tuple[Person, ...]

    def listed(self, said: str) -> Person | None:
        """Return who a claim names, or None where nobody is listed under it."""
        return next((each for each in self.people if self.key_of(each.person) == self.key_of(said)), None)

    def key_of(self, said: str) -> str:
        """Return what two spellings of a person share: for e-mail, letters count alike in both cases.

        Letters beyond ASCII keep their case: some become ASCII letters when turned, and so somebody else's address.
        """
        return said.lower() if self.provider.person == "email" and said.isascii() else said


def read_access(path: Path) -> Access:
    """Read an access file.

    Raises:
        SpecError: With every fault of the file.
    """
    access, document = read_spec(path, Access)
    if access is None:
        raise SpecError(document.faults)
    _blame_people(document, access)
    raise_if_any(document.faults)
    return access


def _blame_people(document: Document, access: Access) -> None:
    if not access.people:
        document.blame(("people",), "nobody may see anything; list one or more people with their role")
    keys = [access.key_of(each.person) for each in access.people]
    for position, each in enumerate(access.people):
        place = ("people", position)
        first = keys.index(keys[position])
        if first < position:
            document.blame((*place, "person"), f"stands in entry {first + 1} of people already; keep one of the two")
        if access.provider.person == "email" and not _is_email(each.person):
            document.blame((*place, "person"), "expected an e-mail address in plain letters, such as name@example.org")
        _blame_units(document, (*place, "units"), each)


def _blame_units(document: Document, place: Place, person: Person) -> None:
    if person.role == "unit" and not person.units:
        document.blame(place, "a unit sees nothing of its own; list one or more organisations")
    if person.role == "executive" and person.units:
        document.blame(place, "an executive sees every organisation; drop units, or write role: unit")
    for unit, times in Counter(person.units).items():
        if times > 1:
            document.blame(place, f"'{unit}' stands here {times} times; keep one")


def _is_email(text: str) -> bool:
    name, at, host = text.rpartition("@")
    return bool(name and at and host) and text.isascii() and text.isprintable() and " " not in text and "@" not in name
