"""The text of a date that is an answer → the day.

Put here how the forms of a column are carried out for answers; those of time stamps are in ``keys``.
"""

import datetime as dt
import re
from collections.abc import Sequence
from functools import cache

_ISO = re.compile(r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})([ t][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?z?)?")
_DAY = re.compile(r"%[dmY](?P<sign>[-/.])%[dm](?P=sign)%[dY]")
_NUMBERS = {"%d": "(?P<d>[0-9]{1,2})", "%m": "(?P<m>[0-9]{1,2})", "%Y": "(?P<Y>[0-9]{4})"}
_CLOCK = (
    "(,? ([01]?[0-9]|2[0-3])(?P<colon>[:.])[0-5][0-9]((?P=colon)[0-5][0-9])?( ?[ap]m)?)?"
    "( ?(gmt|utc)?[+-][0-9]{1,2}(:?[0-9]{2})?)?"
)


def day_of(folded: str, forms: Sequence[str]) -> dt.date | None:
    """Return the day that a text means; None when it is in no form, or there is no such day.

    A time of day after it is left out, whether or not the form has one.

    Args:
        folded: The text as ``fold`` returns it.
        forms: Forms besides ISO, in the notation of ``strptime``; those without the century are not used, as nobody can
            say whether a birthday in 45 was in 1945.
    """
    found = _ISO.fullmatch(folded)
    for form in forms:
        found = found or _pattern(form).fullmatch(folded)
    try:
        return None if found is None else dt.date(int(found["Y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """Compile what a text looks like in a form; nothing does where the form has no year in full."""
    day = _DAY.match(form)
    if day is None:
        return re.compile("(?!)")
    parts = re.split(r"(%[dmY])", day.group())
    return re.compile("".join(_NUMBERS.get(part, re.escape(part)) for part in parts) + _CLOCK)
