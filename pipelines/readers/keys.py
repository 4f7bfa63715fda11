"""Texts of a response's keys and paradata → typed columns: who, when, how long, finished, preview.

Put here what is known of a response as a whole; not its answers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pipelines.readers.plan import KeyName, ReadingPlan, fold
from pipelines.readers.scan import BLANKS
from pipelines.tables.base import MOMENT

RULES_OF_KEYS = {
    "not_a_time": "the text is no time stamp such as 2026-03-01 09:30:00",
    "not_a_number": "the text is no number",
    "unknown_respondent_group": "the source's groups do not say which respondent group this text means",
    "preview_without_group": "a preview or test response that no respondent group is known of",
}
_ISO_TIME = r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?)?"
_ZONE = r"\s?(Z|[+-]\d{2}:?\d{2})"
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?$", re.IGNORECASE)


@dataclass
class Keys:
    """What is known of each scanned row as a response.

    Attributes:
        texts: Key → length n, outer blanks cut, NA where the cell is blank.
        faults: Key → rule and length n, True where the text breaks it.
    """

    texts: dict[KeyName, pd.Series]
    faults: dict[KeyName, tuple[str, npt.NDArray[np.bool_]]] = field(
        default_factory=dict["KeyName", tuple[str, "npt.NDArray[np.bool_]"]]
    )

    def text(self, key: KeyName, n_rows: int) -> pd.Series:
        """Return the texts of a key; all NA when the file does not hold it."""
        return self.texts.get(key, pd.Series([None] * n_rows, dtype="str"))

    def blame(self, key: KeyName, rule: str, is_faulty: pd.Series) -> None:
        """Remember which texts of a key break a rule."""
        found = is_faulty.fillna(value=False).to_numpy(dtype=bool)
        if found.any():
            self.faults[key] = (rule, found)


def read_keys(plan: ReadingPlan, table: pa.Table) -> Keys:
    """Take the texts of all keys from a scan."""
    texts: dict[KeyName, pd.Series] = {}
    for key in plan.keys:
        stripped = cast("pd.Series", table[f"k_{key}"].to_pandas()).astype("str").str.strip(BLANKS)
        texts[key] = stripped.where(stripped != "")
    return Keys(texts)


def folded(texts: pd.Series) -> pd.Series:
    """Fold every different text once."""
    return texts.map({text: fold(text) for text in texts.dropna().unique()}).astype("str")


def without_opt_outs(plan: ReadingPlan, key: KeyName, texts: pd.Series) -> pd.Series:
    """Empty the cells that stand for no value, such as the date that anonymised surveys write."""
    opt_outs = plan.column(plan.keys[key]).opt_outs if key in plan.keys else {}
    return texts.where(~folded(texts).isin(list(opt_outs))) if opt_outs else texts


def moments(texts: pd.Series, time_zone: str, formats: Sequence[str] = ()) -> tuple[pd.Series, pd.Series]:
    """Parse time stamps.

    Args:
        texts: Length n.
        time_zone: Zone of those that state none; UTC when empty. Of an hour that the clock passes twice the first is
            meant; a time that the clock skips is moved to the next one there was.
        formats: Forms other than ISO, in the notation of ``strptime``; ISO goes first.

    Returns:
        Length n in UTC, NA where there is none; and length n, True where a text is no time stamp.
    """
    has_zone = texts.str.fullmatch(_ISO_TIME + _ZONE).fillna(value=False).astype(bool)
    is_local = texts.str.fullmatch(_ISO_TIME).fillna(value=False).astype(bool)
    zoned = pd.to_datetime(texts.where(has_zone), format="ISO8601", utc=True, errors="coerce")
    local = pd.to_datetime(texts.where(is_local), format="ISO8601", errors="coerce")
    parsed = zoned.astype(MOMENT).fillna(_in_zone(local, time_zone))
    for form in formats:
        rest = texts.where(parsed.isna())
        if "%z" in form:
            offset = pd.to_datetime(rest.map(_plain_offset, na_action="ignore"), format=form, utc=True, errors="coerce")
            parsed = parsed.fillna(offset.astype(MOMENT))
        else:
            parsed = parsed.fillna(_in_zone(pd.to_datetime(rest, format=form, errors="coerce"), time_zone))
    return parsed, texts.notna() & parsed.isna()


def _in_zone(local: pd.Series, time_zone: str) -> pd.Series:
    is_first = np.ones(len(local), dtype=bool)
    in_zone = local.dt.tz_localize(time_zone or "UTC", ambiguous=is_first, nonexistent="shift_forward")
    return in_zone.dt.tz_convert("UTC").astype(MOMENT)


def _plain_offset(text: str) -> str:
    """Write the offset at the end of a text as ``strptime`` reads it: ``GMT+2`` becomes ``+0200``."""
    found = _OFFSET.search(text)
    if found is None:
        return text
    return f"{text[: found.start()].rstrip()} {found.group(1)}{int(found.group(2)):02}{found.group(3) or '00'}"


def seconds(texts: pd.Series, decimal: str) -> tuple[pd.Series, pd.Series]:
    """Parse durations in seconds; return them, and where a text is no number."""
    plain = texts.str.replace(decimal, ".", regex=False)
    is_number = plain.str.fullmatch(r"-?\d+(\.\d+)?").fillna(value=False).astype(bool)
    parsed = pd.to_numeric(plain.where(is_number)).astype("Float64")
    return parsed, texts.notna() & ~is_number


def finished(plan: ReadingPlan, keys: Keys, n_rows: int) -> pd.Series:
    """Say who reached the end.

    Returns:
        Length n; all NA when the file does not say. A plan without ``finished_texts`` means: whoever has any text.
    """
    if "is_finished" not in keys.texts:
        return pd.Series([pd.NA] * n_rows, dtype="boolean")
    texts = keys.texts["is_finished"]
    if not plan.finished_texts:
        return texts.notna().astype("boolean")
    return folded(texts).isin(list(plan.finished_texts)).astype("boolean").where(texts.notna())


def is_status(keys: Keys, statuses: frozenset[str], n_rows: int) -> pd.Series:
    """Say which rows have one of the statuses; none when the file has no status column."""
    return folded(keys.text("status", n_rows)).isin(list(statuses)).astype("boolean")


def respondent_groups(keys: Keys, groups: dict[str, str], constant: str | None, is_preview: pd.Series) -> pd.Series:
    """Find the respondent group of every row.

    Args:
        keys: The keys; a text that ``groups`` does not know is blamed.
        groups: Text → respondent group; empty when the texts are the groups themselves.
        constant: Group of every row, where the file does not say.
        is_preview: Length n; the researchers' own rows, which often have no group and then are set aside.

    Returns:
        Length n; NA where the group is not known.
    """
    if "respondent_group" not in keys.texts:
        return pd.Series([constant] * len(is_preview), dtype="str")
    found = keys.texts["respondent_group"]
    if groups:
        known = {fold(text): group for text, group in groups.items()}
        found = folded(found).fillna("").map(known).astype("str")
    keys.blame("respondent_group", "unknown_respondent_group", found.isna() & ~is_preview)
    keys.blame("status", "preview_without_group", found.isna() & is_preview)
    return found
