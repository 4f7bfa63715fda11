"""Texts of a response's keys and paradata → typed columns: who, when, how long, finished, preview. As SQL.

Put here what is known of a response as a whole; not its answers.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipelines.readers.cells.texts import cell_of, folded, is_among, literal, trimmed
from pipelines.readers.plan import KeyName, PlannedColumn, ReadingPlan, fold

RULES_OF_KEYS: Mapping[str, str] = {
    "not_a_time": "the text is no time stamp such as 2026-03-01 09:30:00",
    "not_a_number": "the text is no number",
    "unknown_respondent_group": "the source's groups do not say which respondent group this text means",
    "preview_without_group": "a preview or test response that no respondent group is known of",
}
RULE_OF_KEY: Mapping[KeyName, str] = {
    "started_at": "not_a_time",
    "ended_at": "not_a_time",
    "recorded_at": "not_a_time",
    "response_seconds": "not_a_number",
    "repeat_instance": "not_a_number",
}
TIMES: tuple[KeyName, ...] = ("started_at", "ended_at", "recorded_at")
_ISO_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?)?"
_ZONE = r"(Z|[+-][0-9]{2}:?[0-9]{2})"
_WRITTEN_ZONE = r" ?(GMT|UTC)?([+-])([0-9]{1,2}):?([0-9]{2})?$"
_PATTERNS = {
    "%d": "[0-9]{1,2}", "%m": "[0-9]{1,2}", "%Y": "[0-9]{4}", "%y": "[0-9]{2}", "%H": "[0-9]{1,2}", "%I": "[0-9]{1,2}",
    "%M": "[0-9]{2}", "%S": "[0-9]{2}", "%p": "[AaPp][Mm]",
}  # fmt: skip
_SECONDS = r"-?[0-9]+(\.[0-9]+)?"


def scanned_keys(plan: ReadingPlan) -> list[str]:
    """Write the scanned columns of the keys.

    A time becomes ``l_<key>`` on the clock of the export, or ``u_<key>`` in UTC where its zone is stated; ``k_<key>``
    then keeps the texts that are no time. Of every other key ``k_<key>`` is the text, and ``x_<position>`` that of a
    column that belongs to a key.
    """
    parts = [f"{cell_of(column)} AS x_{column.position}" for column in columns_of_parts(plan)]
    for key, name in plan.keys.items():
        cell = cell_of(plan.column(name))
        if key not in TIMES:
            parts.append(f"{cell} AS k_{key}")
            continue
        text, opt_outs, forms = trimmed(cell), plan.column(name).opt_outs, plan.column(name).time_formats
        # Most cells are written exactly as a time is, and need no pattern.
        is_plain = f"CAST(TRY_CAST({cell} AS TIMESTAMP) AS VARCHAR) = {cell}"
        if opt_outs:
            text = f"CASE WHEN NOT {is_among(folded(cell), opt_outs)} THEN {text} END"
            is_plain = "false"
        is_open = f"{cell} IS NOT NULL AND l_{key} IS NULL"
        parts += [
            f"CASE WHEN {is_plain} THEN TRY_CAST({cell} AS TIMESTAMP) ELSE {_local(text, forms)} END AS l_{key}",
            f"CASE WHEN {is_open} THEN {_zoned(text, forms)} END AS u_{key}",
            f"CASE WHEN {is_open} AND u_{key} IS NULL THEN {cell} END AS k_{key}",
        ]
    return [*parts, *_disposition(plan)]


def _disposition(plan: ReadingPlan) -> list[str]:
    """Write the platform's own disposition where several columns hold it; nothing where one does, or none."""
    branches = " ".join(
        f"WHEN {folded(cell_of(plan.column(name)))} = {literal(text)} THEN {literal(meaning)}"
        for name, meanings in plan.dispositions.items()
        for text, meaning in sorted(meanings.items())
    )
    return [f"CASE {branches} END AS k_platform_disposition"] if branches else []


def key_is_filled(key: KeyName) -> str:
    """Write whether the cell of a key holds anything, blanks included."""
    kept = f"k_{key} IS NOT NULL"
    return f"({kept} OR l_{key} IS NOT NULL OR u_{key} IS NOT NULL)" if key in TIMES else kept


def minutes_to_move(plan: ReadingPlan, cells: str) -> str:
    """Write the query of all different minutes on the clock of the export."""
    keys = [key for key in TIMES if key in plan.keys]
    return " UNION ".join(
        f"SELECT DISTINCT date_trunc('minute', l_{key}) AS minute FROM {cells} WHERE l_{key} IS NOT NULL"  # noqa: S608
        for key in keys
    )


def moved_minutes(minutes: pd.Series, time_zone: str) -> pd.DataFrame:
    """Move minutes on a clock to UTC.

    Args:
        minutes: Length n, without zone.
        time_zone: Of an hour that the clock passes twice the first is meant; a time that the clock skips is moved to
            the next one there was.

    Returns:
        Length n: ``minute``, ``utc`` without zone, ``is_skipped``.
    """
    first = np.ones(len(minutes), dtype=bool)
    moved = minutes.dt.tz_localize(time_zone, ambiguous=first, nonexistent="shift_forward")
    return pd.DataFrame(
        {
            "minute": minutes,
            "utc": moved.dt.tz_convert("UTC").dt.tz_localize(None),
            "is_skipped": moved.dt.tz_localize(None) != minutes,
        }
    )


def needs_zone(plan: ReadingPlan) -> bool:
    """Say whether times have to be moved to UTC."""
    return plan.time_zone not in ("", "UTC") and any(key in plan.keys for key in TIMES)


def moment(plan: ReadingPlan, key: KeyName) -> str:
    """Write a key's time in UTC; a zone's minutes are joined as ``zone_<key>``."""
    if key not in plan.keys:
        return "CAST(NULL AS TIMESTAMPTZ)"
    local = f"l_{key}"
    if needs_zone(plan):
        zone = f"zone_{key}"
        rest = f"(l_{key} - {zone}.minute)"
        local = f"CASE WHEN {zone}.is_skipped THEN {zone}.utc ELSE {zone}.utc + {rest} END"
    return f"CAST(coalesce(u_{key}, {local}) AS TIMESTAMPTZ)"


def key_text(plan: ReadingPlan, key: KeyName) -> str:
    """Write the text of a key without outer blanks, its parts joined to it; NULL when the file does not hold it."""
    if key == "platform_disposition" and plan.dispositions:
        return trimmed(f"k_{key}")
    if key not in plan.keys:
        return "CAST(NULL AS VARCHAR)"
    own = _without_blanks(f"k_{key}", plan.column(plan.keys[key]))
    if not plan.key_parts.get(key):
        return own
    parts = ", ".join(_part(plan, plan.column(name)) for name in plan.key_parts[key])
    return f"CASE WHEN {own} IS NOT NULL THEN concat_ws('/', {own}, {parts}) END"


def columns_of_parts(plan: ReadingPlan) -> list[PlannedColumn]:
    """List the columns whose texts belong to a key of another column."""
    names = {name for key, parts in plan.key_parts.items() if key in plan.keys for name in parts}
    return [column for column in plan.columns if column.name in names]


def part_text(column: PlannedColumn) -> str:
    """Write the text of a column that belongs to a key; NULL where it is blank."""
    return _without_blanks(f"x_{column.position}", column)


def _part(plan: ReadingPlan, column: PlannedColumn) -> str:
    """Write what a column adds to a key: the number of a repetition only where the response itself repeats."""
    text = part_text(column)
    if column.name != plan.keys.get("repeat_instance") or "repeat_instrument" not in plan.keys:
        return text
    return f"CASE WHEN {key_text(plan, 'repeat_instrument')} IS NULL THEN {text} END"


def _without_blanks(cell: str, column: PlannedColumn) -> str:
    text = trimmed(cell)
    return f"CASE WHEN NOT {is_among(folded(cell), column.blanks)} THEN {text} END" if column.blanks else text


def seconds(plan: ReadingPlan, key: KeyName) -> str:
    """Write a duration in seconds; NULL where the text is no number."""
    plain = f"replace({key_text(plan, key)}, {literal(plan.decimal)}, '.')"
    return f"CASE WHEN regexp_full_match({plain}, {literal(_SECONDS)}) THEN TRY_CAST({plain} AS DOUBLE) END"


def response_seconds(plan: ReadingPlan) -> str:
    """Write how long a response took: what the file says, else from start to end; NULL where nobody can say.

    A time at midnight has most likely no time of day, and an end before the start is nobody's duration.
    """
    said = seconds(plan, "response_seconds")
    if not {"started_at", "ended_at"} <= set(plan.keys):
        return said
    start, end = moment(plan, "started_at"), moment(plan, "ended_at")
    clocks = [f"CAST(l_{key} AS TIME) IS DISTINCT FROM TIME '00:00:00'" for key in ("started_at", "ended_at")]
    is_duration = " AND ".join([f"{key_text(plan, 'response_seconds')} IS NULL", *clocks, f"{end} >= {start}"])
    return f"CASE WHEN {is_duration} THEN epoch({end}) - epoch({start}) ELSE {said} END"


def whole(plan: ReadingPlan, key: KeyName) -> str:
    """Write a whole number; NULL where the text is none."""
    text = key_text(plan, key)
    return f"CASE WHEN regexp_full_match({text}, '[0-9]{{1,9}}') THEN TRY_CAST({text} AS INTEGER) END"


def finished(plan: ReadingPlan) -> str:
    """Write who reached the end; NULL when the file does not say.

    A plan without ``finished_texts`` means: whoever has any text.
    """
    if "is_finished" not in plan.keys:
        return "CAST(NULL AS BOOLEAN)"
    text = key_text(plan, "is_finished")
    if not plan.finished_texts:
        return f"{text} IS NOT NULL"
    return f"CASE WHEN {text} IS NOT NULL THEN {is_among(folded(text), plan.finished_texts)} END"


def has_status(plan: ReadingPlan, statuses: frozenset[str]) -> str:
    """Write who has one of the statuses; nobody when the file has no status column."""
    return is_among(folded(key_text(plan, "status")), statuses) if "status" in plan.keys else "false"


def respondent_group(plan: ReadingPlan, groups: Mapping[str, str], constant: str | None) -> str:
    """Write the respondent group; NULL where it is not known.

    Args:
        plan: The plan.
        groups: Text → respondent group; empty when the texts are the groups themselves.
        constant: Group of every row, where the file does not say.
    """
    if "respondent_group" not in plan.keys:
        return "CAST(NULL AS VARCHAR)" if constant is None else literal(constant)
    text = key_text(plan, "respondent_group")
    branches = " ".join(f"WHEN {literal(fold(each))} THEN {literal(group)}" for each, group in groups.items())
    return f"CASE {folded(text)} {branches} END" if branches else text


def repeat_instrument(plan: ReadingPlan) -> str:
    """Write the name of the repeated block of a row; NULL where the row is a response."""
    text = key_text(plan, "repeat_instrument")
    branches = " ".join(f"WHEN {literal(title)} THEN {literal(name)}" for title, name in plan.repeated_blocks.items())
    return f"CASE {folded(text)} {branches} ELSE {text} END" if branches else text


def faulty_keys(plan: ReadingPlan) -> Sequence[KeyName]:
    """List the keys whose cells can break a rule, each with a column ``f_<key>`` of the rows."""
    return [key for key in RULE_OF_KEY if key in plan.keys]


def key_fault(plan: ReadingPlan, key: KeyName) -> str:
    """Write whether the cell of a key breaks its rule."""
    text = key_text(plan, key)
    if key in TIMES:
        opt_outs = plan.column(plan.keys[key]).opt_outs
        return f"{text} IS NOT NULL" + (f" AND NOT {is_among(folded(text), opt_outs)}" if opt_outs else "")
    parsed = seconds(plan, key) if key == "response_seconds" else whole(plan, key)
    return f"{text} IS NOT NULL AND {parsed} IS NULL"


def _local(text: str, forms: Sequence[str]) -> str:
    is_plain = f"CAST(TRY_CAST({text} AS TIMESTAMP) AS VARCHAR) = {text}"
    is_iso = f"{is_plain} OR regexp_full_match({text}, {literal(_ISO_TIME)})"
    iso = f"CASE WHEN {is_iso} THEN {_timestamp(text)} END"
    others = [_in_form(text, form) for form in forms if not form.endswith("%z")]
    return f"coalesce({', '.join([iso, *others])})" if others else iso


def _zoned(text: str, forms: Sequence[str]) -> str:
    zone = f"regexp_extract({text}, {literal(_ZONE + '$')})"
    clock = _timestamp(f"rtrim(left({text}, length({text}) - length({zone})))")
    minutes = f"CAST(substr({zone}, 2, 2) AS INTEGER) * 60 + CAST(right({zone}, 2) AS INTEGER)"
    offset = f"CASE WHEN {zone} = 'Z' THEN 0 WHEN {zone} LIKE '-%' THEN -({minutes}) ELSE {minutes} END"
    is_zoned = f"regexp_full_match({text}, {literal(f'{_ISO_TIME} ?{_ZONE}')})"
    iso = f"CASE WHEN {is_zoned} THEN {clock} - to_minutes({offset}) END"
    others = [_with_offset(text, form) for form in forms if form.endswith("%z")]
    return f"coalesce({', '.join([iso, *others])})" if others else iso


def _in_form(text: str, form: str) -> str:
    """Write a time in a form of ``strptime``; the form's own pattern keeps shorter and longer texts out."""
    parts = re.split(r"(%[A-Za-z])", form)
    pattern = literal("".join(_PATTERNS.get(part, re.escape(part)) for part in parts))
    return f"CASE WHEN regexp_full_match({text}, {pattern}) THEN try_strptime({text}, {literal(form)}) END"


def _with_offset(text: str, form: str) -> str:
    """Write a time whose offset follows as ``+02:00``, ``+2`` or ``GMT+2``, in UTC."""
    sign, hours, rest = (f"regexp_extract({text}, {literal(_WRITTEN_ZONE)}, {group})" for group in (2, 3, 4))
    clock = _in_form(f"regexp_replace({text}, {literal(_WRITTEN_ZONE)}, '')", form.removesuffix("%z").rstrip())
    minutes = f"TRY_CAST({hours} AS INTEGER) * 60 + coalesce(TRY_CAST(nullif({rest}, '') AS INTEGER), 0)"
    return f"{clock} - to_minutes(CASE WHEN {sign} = '-' THEN -({minutes}) ELSE {minutes} END)"


def _timestamp(text: str) -> str:
    return f"TRY_CAST(replace({text}, ',', '.') AS TIMESTAMP)"
