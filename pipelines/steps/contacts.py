"""A list of contacts as text → ``core.contacts``: one row an attempt, with the disposition its outcome means."""

from collections.abc import Mapping

import pandas as pd

from instruments.spec_file import closest
from pipelines.sections.aapor import ContactList, ContactRule, standard
from pipelines.sections.fieldwork import ContactLog
from pipelines.steps.pseudonyms import normalised_key
from pipelines.steps.sampled_units import FrameError, rows_in_words
from pipelines.tables.base import MOMENT
from pipelines.tables.fieldwork import CONTACTS

FIRST_ROW = 2
LONGEST_SHOWN = 30
COLUMNS = ("unit_id", "wave", "contacted_at", "outcome")


def read_contacts(log: pd.DataFrame, spec: ContactLog, units: pd.DataFrame) -> pd.DataFrame:
    """Understand a list of contacts.

    Args:
        log: The file's cells as text, blank where empty.
        spec: How the file is laid out and what its outcomes mean.
        units: The frame: unit_id, wave.

    Returns:
        ``core.contacts``.

    Raises:
        FrameError: When a column is missing, a unit is not in the frame, a time is none, an outcome is unknown, or a
            row is repeated; with the rows.
    """
    layout = standard().contact_lists.get(spec.layout, ContactList(columns={}))
    names = {name: name for name in COLUMNS} | layout.columns | spec.columns
    found = pd.DataFrame(index=log.index)
    found["row_number"] = log.index + FIRST_ROW
    found["unit_id"] = _column(log, names["unit_id"]).map(normalised_key)
    found["wave"] = spec.wave if spec.wave is not None else _column(log, names["wave"])
    found["contacted_at"] = _moments(log, names["contacted_at"], spec.time_zone)
    found["outcome"] = _outcomes(log, names["outcome"], layout, spec)
    known = pd.MultiIndex.from_frame(units[["unit_id", "wave"]])
    strangers = ~pd.MultiIndex.from_frame(found[["unit_id", "wave"]]).isin(known)
    if strangers.any():
        raise FrameError(
            f"{rows_in_words(found.loc[strangers, 'row_number'])}: no such unit and wave in the frame; add it there, "
            "or name the column with the unit ids in contact_log.columns"
        )
    repeated = found.duplicated(["unit_id", "wave", "contacted_at", "outcome"])
    if repeated.any():
        raise FrameError(f"{rows_in_words(found.loc[repeated, 'row_number'])}: the same attempt as in an earlier row")
    return CONTACTS.typed(found)


def _column(log: pd.DataFrame, name: str) -> pd.Series:
    if name not in log:
        raise FrameError(
            f"the column {name} is missing{closest(name, [str(each) for each in log.columns])}; found "
            f"{', '.join(map(str, log.columns))}; name it in contact_log.columns"
        )
    return log[name].str.strip()


def _moments(log: pd.DataFrame, name: str, time_zone: str | None) -> pd.Series:
    """Parse ISO times; missing where the file has none."""
    if name not in log:
        return pd.Series(pd.NaT, index=log.index, dtype=MOMENT)
    texts = log[name].str.strip()
    texts = texts.where(texts != "")
    has_zone = texts.str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$", regex=True).fillna(value=False).astype(bool)
    zoned = pd.to_datetime(texts.where(has_zone), format="ISO8601", utc=True, errors="coerce").astype(MOMENT)
    local = pd.to_datetime(texts.where(~has_zone), format="ISO8601", errors="coerce")
    in_zone = local.dt.tz_localize(time_zone or "UTC", ambiguous="NaT", nonexistent="shift_forward")
    parsed = zoned.fillna(in_zone.dt.tz_convert("UTC").astype(MOMENT))
    faulty = texts.notna() & parsed.isna()
    if faulty.any():
        rows = rows_in_words(pd.Series(log.index[faulty] + FIRST_ROW))
        raise FrameError(f"{rows}: the text in {name} is no time such as 2026-03-01 09:30:00")
    return parsed


def _outcomes(log: pd.DataFrame, name: str, layout: ContactList, spec: ContactLog) -> pd.Series:
    by_rule = _by_rules(log, layout.rules)
    if by_rule is not None:
        return by_rule
    meanings = {**standard().contact_outcomes, **layout.outcomes, **spec.outcomes}
    folded = {_folded(text): outcome for text, outcome in meanings.items()}
    texts = _column(log, name)
    outcomes = texts.map(_folded).map(folded)
    unknown = outcomes.isna()
    if unknown.any():
        row = int(unknown.to_numpy().argmax())
        text = str(texts.iloc[row])
        shown = f" '{text}'" if 0 < len(text) <= LONGEST_SHOWN else ""
        raise FrameError(
            f"row {log.index[row] + FIRST_ROW}: unknown outcome{shown}{_nearest(text, meanings)}; say in "
            "contact_log.outcomes which disposition it means"
        )
    return outcomes.astype("str")


def _nearest(text: str, meanings: Mapping[str, str]) -> str:
    return closest(text, list(meanings)) or f"; known are {', '.join(standard().contact_outcomes)}"


def _folded(text: str) -> str:
    return "_".join(text.casefold().replace("_", " ").split())


def _by_rules(log: pd.DataFrame, rules: tuple[ContactRule, ...]) -> pd.Series | None:
    """Give every row the disposition of the first rule that applies; None for a layout without rules."""
    if not rules:
        return None
    outcomes = pd.Series(pd.NA, index=log.index, dtype="str")
    for rule in rules:
        texts = _column(log, rule.column)
        applies = texts.isin(rule.is_) if rule.is_ else ~texts.isin(rule.is_not)
        outcomes = outcomes.mask(applies & outcomes.isna(), rule.disposition)
    return outcomes
