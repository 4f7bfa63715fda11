"""Danish (CPR) and Scottish (CHI) numbers of persons: how they are written, and which ten digits are one.

Both begin with a day of birth (DDMMYY). Put here what readers of files and steps over texts both need to know.
"""

import datetime as dt
import re
from typing import Literal

PERSON_NUMBER = re.compile(r"(?<![\d.,])(\d{2})[ .]?(\d{2})[ .]?(\d{2})([- ]?)(\d{4})(?![\d]|[.,]\d)")
"""Ten digits that may be such a number: day, month, year, the sign before the last four, the last four."""
_CHI_WEIGHTS = range(10, 1, -1)
_MODULUS, _NO_CHECK_DIGIT = 11, 10


def kind_of_person_number(found: re.Match[str]) -> Literal["cpr", "chi", ""]:
    """Say which number a match of ``PERSON_NUMBER`` is; empty when it does not begin with a day of the calendar.

    One with a sign before the last four is a CPR number; without, and with a valid CHI check digit (modulus 11), it is
    counted as a CHI number.
    """
    day, month, year, mark, rest = found.groups()
    if not any(_is_day(int(day), int(month), century + int(year)) for century in (1900, 2000)):
        return ""
    return "chi" if not mark and _has_chi_check_digit(day + month + year + rest) else "cpr"


def _is_day(day: int, month: int, year: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def _has_chi_check_digit(digits: str) -> bool:
    """Check the tenth digit: 11 minus the weighted sum of the others modulo 11, 11 counting as 0 and 10 not given."""
    total = sum(weight * int(digit) for weight, digit in zip(_CHI_WEIGHTS, digits, strict=False))
    check = (_MODULUS - total % _MODULUS) % _MODULUS
    return check != _NO_CHECK_DIGIT and check == int(digits[-1])
