"""What is said to people who sign in, or may not see the results, in English; ``danish_sign_in`` likewise."""

from collections.abc import Mapping

ENGLISH_SIGN_IN: Mapping[str, str] = {
    "sign_in": "Sign in",
    "sign_out": "Sign out",
    "denied_signed_out": "These results are for people who were given access. Please sign in.",
    "denied_expired": "Your sign-in has run out. Please sign in again to see the results.",
    "denied_not_for_this_dashboard": "Your sign-in was not made for this dashboard. Sign out and sign in again; if "
    "this does not help, ask those who run the dashboard.",
    "denied_no_person": "Your sign-in does not tell who you are. Please tell those who run the dashboard.",
    "denied_email_not_verified": "You are signed in as {person}, but nobody has checked yet that this address is "
    "yours. Confirm it where you sign in, sign out here and sign in again.",
    "denied_not_listed": "You are signed in as {person}, but you have not been given access to these results. Ask "
    "those who run the study.",
    "denied_access_unusable": "Nobody can see the results at the moment: the list of who may see them cannot be used. "
    "Please tell those who run the dashboard.",
    "denied_not_local": "The results are not shown on this address: nobody has said who may see them. Please tell "
    "those who run the dashboard.",
    "own_units_only": "You see what is about everybody, and the scores of {units}.",
    "no_own_units": "This release holds no figures of the organisations that you may see: {units}.",
    "unknown_address": "Nothing is at this address",
    "unknown_address_told": "The address may have been cut short or mistyped. These are the pages that there are:",
}
