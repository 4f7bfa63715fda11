"""A platform's columns and a study's items → which column holds which item, and what its cells mean.

Put here what every reader does once it knows its own columns; nothing that only one platform knows.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from zoneinfo import available_timezones

from instruments.spec import Instrument, Item, MissingReason
from instruments.spec_file import closest
from pipelines.readers.headers import listed
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingError, ReadingPlan, Request, Role, fold
from pipelines.sections.sources import Source

FINISHED_TEXTS = frozenset(
    {"1", "true", "yes", "y", "finished", "complete", "completed", "ja", "sand", "afsluttet", "gennemført"}
)
_ASKED_BY_AN_INSTRUMENT: tuple[Role, ...] = ("item", "multiple_choice_option", "open_text", "unknown")
_IDENTIFYING_KEYS: tuple[KeyName, ...] = ("organisation_id", "respondent_key")
_TIME_KEYS: tuple[KeyName, ...] = ("started_at", "ended_at")


def bind_plan(plan: ReadingPlan, head: Head, request: Request) -> ReadingPlan:
    """Bind the columns of a plan to what a study asks for.

    Args:
        plan: What the platform itself says of the columns.
        head: The beginning of the file.
        request: The source's settings and instruments; without a source the columns stay as they are.

    Returns:
        The plan with items, codes, opt-outs and keys.

    Raises:
        ReadingError: With every required item that has no column, every setting that names a column the file does
            not have, and every column or item that is claimed twice.
    """
    source = request.source
    if source is None:
        return _with_time_zone(plan, head, None)
    names = [column.name for column in plan.columns]
    holders, faults = _holders(request.instruments, source, names)
    keys, key_faults = _keys(plan.keys, source, names)
    faults += key_faults
    if faults:
        raise ReadingError(head.file_name, "; ".join(faults))
    items = {name: (each, item) for each in request.instruments for name, item in each.items.items()}
    item_of_column = {column: item for item, column in holders.items()}
    columns = tuple(
        _as_item(column, *items[item_of_column[column.name]], item_of_column[column.name], source)
        if column.name in item_of_column
        else _as_bystander(column, keys)
        for column in plan.columns
    )
    unknown = [column.name for column in columns if column.role == "unknown"]
    warnings = list(plan.warnings)
    if unknown:
        warnings.append(f"no instrument asks for these columns; they stay in the file: {listed(unknown)}")
    finished_texts = FINISHED_TEXTS if source.identifiers.is_finished else plan.finished_texts
    bound = replace(plan, columns=columns, keys=keys, warnings=tuple(warnings), finished_texts=finished_texts)
    return _with_time_zone(bound, head, source)


def meanings_of_texts(
    instrument: Instrument, item: str, missing: Mapping[str, MissingReason]
) -> tuple[dict[str, int], dict[str, MissingReason]]:
    """Say which cell texts mean which code, and which mean no answer.

    Args:
        instrument: The instrument.
        item: One of its items.
        missing: Cell text → missing reason, as the source states; it goes before the instrument.

    Returns:
        Folded text → code of a point (its labels in every language, further spellings, the code itself), and folded
        text → missing reason of an opt-out.
    """
    codes: dict[str, int] = {}
    opt_outs: dict[str, MissingReason] = {}
    scale = instrument.response_scale_of(item)
    if scale is not None:
        for code, point in scale.points.items():
            codes |= dict.fromkeys(map(fold, (*point.label.values(), *point.also)), code)
        codes |= {str(code): code for code in scale.points}
        for code, opt_out in scale.opt_outs.items():
            texts = (str(code), *opt_out.label.values(), *opt_out.also)
            opt_outs |= dict.fromkeys(map(fold, texts), opt_out.reason)
    opt_outs |= {fold(text): reason for text, reason in missing.items() if fold(text)}
    return {text: code for text, code in codes.items() if text and text not in opt_outs}, opt_outs


def _holders(instruments: Sequence[Instrument], source: Source, names: list[str]) -> tuple[dict[str, str], list[str]]:
    """Find the column of every item; return item → column, and faults."""
    absent = {*source.not_administered, *source.constants}
    items = {name: item for each in instruments for name, item in each.items.items() if name not in absent}
    holders: dict[str, str] = {}
    faults: list[str] = []
    for name in items:
        column = source.columns.get(name, name)
        if column in names:
            holders[name] = column
        elif name in source.columns:
            faults.append(
                f"columns says that '{column}' holds {name}, but there is no such column{closest(column, names)}"
            )
        if column != name and name in names and name not in source.columns.values():
            faults.append(f"two columns hold {name}: '{column}' (from columns) and '{name}'; keep one of them")
    shared = [column for column, times in Counter(holders.values()).items() if times > 1]
    for column in shared:
        claimed = ", ".join(sorted(item for item, holder in holders.items() if holder == column))
        faults.append(f"the column '{column}' is claimed by several items: {claimed}; give each its own column")
    faults += _missing_required(items, holders, source, names)
    return holders, faults


def _missing_required(
    items: Mapping[str, Item], holders: Mapping[str, str], source: Source, names: list[str]
) -> list[str]:
    free = [name for name in names if name not in holders.values()]
    missing = [
        f"'{name}'{closest(name, free).replace(';', ',')}"
        for name, item in items.items()
        if item.is_required and name not in holders and name not in source.columns
    ]
    if not missing:
        return []
    return [
        f"missing required column for {len(missing)} of {len(items)} items: {', '.join(missing)}; give the column "
        "under columns, or list the item under not_administered when it was not asked"
    ]


def _keys(found: Mapping[KeyName, str], source: Source, names: list[str]) -> tuple[dict[KeyName, str], list[str]]:
    keys = dict(found)
    if source.language:
        keys.pop("language", None)
    if source.respondent_group:
        keys.pop("respondent_group", None)
    faults: list[str] = []
    for key, column in source.identifiers.model_dump(exclude_none=True, exclude={"link_code"}).items():
        if column in names:
            keys[key] = column
        else:
            faults.append(f"identifiers.{key} names '{column}', but there is no such column{closest(column, names)}")
    return keys, faults


def _as_item(column: PlannedColumn, instrument: Instrument, item: Item, name: str, source: Source) -> PlannedColumn:
    codes, opt_outs = meanings_of_texts(instrument, name, source.missing)
    return replace(
        column,
        role="open_text" if item.kind == "open_text" else "item",
        item=name,
        kind=item.kind,
        codes=codes,
        opt_outs={**column.opt_outs, **opt_outs},
        least=item.least,
        most=item.most,
        is_personal_data=item.personal_data or column.is_personal_data,
    )


def _as_bystander(column: PlannedColumn, keys: Mapping[KeyName, str]) -> PlannedColumn:
    of_column = [key for key, name in keys.items() if name == column.name]
    if any(key in _IDENTIFYING_KEYS for key in of_column):
        personal = column.is_personal_data or "respondent_key" in of_column
        return replace(column, role="identifier", is_personal_data=personal)
    if column.role in _ASKED_BY_AN_INSTRUMENT:
        return replace(column, role="metadata" if of_column else "unknown")
    return column


@cache
def _time_zones() -> frozenset[str]:
    """Return the names of all time zones; looking them up reads hundreds of files."""
    return frozenset(available_timezones())


def _with_time_zone(plan: ReadingPlan, head: Head, source: Source | None) -> ReadingPlan:
    """Take the zone that the export states, else the source's; an unknown one is refused, none at all is warned of."""
    stated = source.time_zone if source else None
    known = _time_zones()
    zone = plan.time_zone if plan.time_zone in known or not stated else stated
    if zone and zone not in known:
        message = f"'{zone}' is not a time zone of the IANA list; give time_zone, such as Europe/Copenhagen"
        raise ReadingError(head.file_name, message)
    zone = zone or stated or ""
    has_times = any(key in plan.keys for key in _TIME_KEYS)
    warnings = plan.warnings
    if not zone and has_times:
        warnings = (*warnings, "the export does not say its time zone: times are taken as UTC; give time_zone")
    return replace(plan, time_zone=zone, warnings=warnings)
