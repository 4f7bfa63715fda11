"""What a signed token says about a viewer, held against ``access.yaml``: a permission, or why there is none.

Streamlit has the token's signature, issuer and nonce checked when somebody signs in, and hands on its claims for as
long as the browser keeps them. It does not look whether the token is still valid at a later page, nor at the audience
of a token whose ``azp`` is this dashboard; both are checked here, at every interaction. No Streamlit here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dashboard.permission import WHOLE_RELEASE, Permission
from pipelines.access import Access, Person

Denial = Literal[
    "signed_out",
    "expired",
    "not_for_this_dashboard",
    "no_person",
    "email_not_verified",
    "not_listed",
    "access_unusable",
    "not_local",
]


@dataclass(frozen=True)
class Denied:
    """Why a viewer sees nothing.

    Attributes:
        reason: In a word that ``wording`` has a sentence for.
        person: As whom the provider knows the viewer, for the viewer's own eyes; empty where it does not matter.
    """

    reason: Denial
    person: str = ""


def permission_of(claims: Mapping[str, object], access: Access, now: float) -> Permission | Denied:
    """Say what the bearer of a token's claims may see.

    Args:
        claims: Of the ID token, with ``is_logged_in`` as Streamlit adds it; empty for somebody who has not signed in.
        access: Who may see what.
        now: Seconds since 1970.
    """
    if claims.get("is_logged_in") is not True:
        return Denied("signed_out")
    if claims.get("iss") != access.provider.issuer or not _is_meant_for(claims, access.provider.client_id):
        return Denied("not_for_this_dashboard")
    if not _is_after(claims.get("exp"), now):
        return Denied("expired")
    said = claims.get(access.provider.person)
    if not isinstance(said, str) or not said:
        return Denied("no_person")
    if access.provider.person == "email" and claims.get("email_verified") is not True:
        return Denied("email_not_verified", said)
    person = access.listed(said)
    return Denied("not_listed", said) if person is None else _permission(person)


def _permission(person: Person) -> Permission:
    if person.role == "executive":
        return WHOLE_RELEASE
    return Permission(whole_release=False, units=frozenset(person.units))


def _is_after(time: object, now: float) -> bool:
    """Tell whether a claim is a time to come; one without an end is none."""
    return isinstance(time, int | float) and not isinstance(time, bool) and now < time < float("inf")


def _is_meant_for(claims: Mapping[str, object], client: str) -> bool:
    """Tell whether a client is the audience of a token: OpenID Connect Core 1.0, section 3.1.3.7, points 3 to 5."""
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    if client not in several:
        return False
    return claims.get("azp", client if len(several) == 1 else None) == client
