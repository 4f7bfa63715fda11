"""The variables of an SPSS or Stata file: what each is, and how its values become text.

Codes are written as numbers without superfluous decimals, days and times in ISO form, lengths of time as ``H:MM:SS``,
Stata's extended missing values as ``.a`` … ``.z``. Put here what a single variable says; not what survey it belongs to.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Content = Literal["number", "single", "text", "day", "moment", "duration"]
Value = float | int | str | None

_FIRST_IN_POWERS = 1e22
_SPSS_EPOCH, _STATA_EPOCH = dt.datetime(1582, 10, 14, tzinfo=dt.UTC), dt.datetime(1960, 1, 1, tzinfo=dt.UTC)
_FORMATS: tuple[tuple[str, Content, dt.datetime, float], ...] = (
    (r"DATETIME|YMDHMS", "moment", _SPSS_EPOCH, 1),
    (r"[AEJS]?DATE|MOYR|QYR|WKYR", "day", _SPSS_EPOCH, 1),
    (r"D?TIME|MTIME", "duration", _SPSS_EPOCH, 1),
    (r"%-?tc\s*HH(?!.*[DdYy])", "duration", _STATA_EPOCH, 0.001),
    (r"%-?tc", "moment", _STATA_EPOCH, 0.001),
    (r"%-?t?d", "day", _STATA_EPOCH, 86_400),
)


@dataclass(frozen=True)
class Variable:
    """One variable.

    Attributes:
        name: Its name.
        label: What it holds, in words; empty when the file does not say.
        content: What its values are; ``single`` is a number of single precision.
        epoch: From when days and moments are counted.
        seconds: Seconds of one unit of a day, moment or duration.
        labels: Value → label, in the order of the file.
        missing: Lowest and highest value, both included, of values that the file declares missing.
        measure: ``nominal``, ``ordinal``, ``scale`` or ``unknown``.
        width: Bytes of a text.
    """

    name: str
    label: str
    content: Content
    epoch: dt.datetime
    seconds: float
    labels: Mapping[float | str, str]
    missing: tuple[tuple[float | str, float | str], ...]
    measure: str
    width: int

    def is_missing(self, value: Value) -> bool:
        """Say whether the file declares a value missing; an empty cell is not declared."""
        if value is None or value == "":
            return False
        if isinstance(value, str) and self.content != "text":
            return True
        return any(
            isinstance(low, str) is isinstance(value, str) and low <= value <= high  # type: ignore[operator]
            for low, high in self.missing
        )

    def is_no_time(self, value: Value) -> bool:
        """Say whether a value of a day or moment lies outside of the years 1 to 9999."""
        if self.content not in ("day", "moment") or value is None or isinstance(value, str) or self.is_missing(value):
            return False
        return self._time_text(value * self.seconds) is None

    def text(self, value: Value) -> str | None:
        """Write a value as the text of a cell; None for an empty one."""
        if value is None or value == "":
            return None
        if isinstance(value, str):
            return value if self.content == "text" else f".{value.removeprefix('.')}"
        if self.content in ("number", "text") or self.is_missing(float(value)):
            return number_text(value)
        if self.content == "single":
            return number_text(value) if float(value).is_integer() else str(np.float32(value))
        return self._time_text(value * self.seconds) or number_text(value)

    def _time_text(self, seconds: float) -> str | None:
        """Write seconds since the epoch; None outside of the years 1 to 9999."""
        if self.content == "duration":
            return duration_text(seconds)
        try:
            moment = self.epoch + dt.timedelta(milliseconds=round(seconds * 1000))
        except OverflowError:
            return None
        if self.content == "day":
            return moment.date().isoformat()
        return moment.replace(tzinfo=None).isoformat(" ", "milliseconds" if moment.microsecond else "seconds")


def variables_of(metadata: Any) -> tuple[Variable, ...]:  # noqa: ANN401 - pyreadstat declares no fields
    """Return the variables of a file, in its order.

    Args:
        metadata: What pyreadstat says of the file.
    """
    return tuple(_variable(metadata, name) for name in metadata.column_names)


def number_text(value: float) -> str:
    """Write a number with as few digits as tell it apart from every other."""
    if float(value).is_integer() and abs(value) < _FIRST_IN_POWERS:
        return str(int(value))
    return repr(float(value))


def duration_text(seconds: float) -> str:
    """Write a length of time, or a time of day, as ``HH:MM:SS`` with thousandths where there are any."""
    thousandths = round(abs(seconds) * 1000)
    sign = "-" if seconds < 0 and thousandths else ""
    whole, rest = divmod(thousandths, 1000)
    text = f"{sign}{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{text}.{rest:03d}" if rest else text


def _variable(metadata: Any, name: str) -> Variable:  # noqa: ANN401 - as above
    storage = metadata.readstat_variable_types[name]
    content, epoch, seconds = _content(storage, metadata.original_variable_types.get(name) or "")
    ranges = metadata.missing_ranges.get(name, [])
    return Variable(
        name=name,
        label=" ".join((metadata.column_names_to_labels.get(name) or "").split()),
        content=content,
        epoch=epoch,
        seconds=seconds,
        labels=metadata.variable_value_labels.get(name, {}),
        missing=tuple((each["lo"], each["hi"]) for each in ranges),
        measure=metadata.variable_measure.get(name) or "unknown",
        width=metadata.variable_storage_width.get(name) or 0,
    )


def _content(storage: str, display: str) -> tuple[Content, dt.datetime, float]:
    if storage == "string":
        return "text", _SPSS_EPOCH, 1
    for pattern, content, epoch, seconds in _FORMATS:
        if re.match(pattern, display):
            return content, epoch, seconds
    return ("single" if storage == "float" else "number"), _SPSS_EPOCH, 1
