"""A platform's columns and a study's items → which column holds which item, and what its cells mean.

Put here what every reader does once it knows its own columns; nothing that only one platform knows. Which columns hold
an item is in ``holders``, what their texts mean in ``meanings``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from zoneinfo import available_timezones

from instruments.sections.response_scale import MissingReason
from instruments.spec import Instrument, Item, ItemKind
from pipelines.readers.headers import listed
from pipelines.readers.held_columns import Columns, Held
from pipelines.readers.holders import find_holders
from pipelines.readers.meanings import Meanings, meanings_of_column
from pipelines.readers.personal_columns import with_personal_columns
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingError, ReadingPlan, Request, Role, fold
from pipelines.sections.sources import Source

FINISHED_TEXTS = frozenset(
    {"1", "true", "yes", "y", "finished", "complete", "completed", "ja", "sand", "afsluttet", "gennemført"}
)
_ASKED_BY_AN_INSTRUMENT: tuple[Role, ...] = ("item", "multiple_choice_option", "open_text", "unknown")
_CHOICES: tuple[ItemKind, ...] = ("choice", "multiple_choice")
_IDENTIFYING_KEYS: tuple[KeyName, ...] = ("organisation_id", "respondent_key")
_TIME_KEYS: tuple[KeyName, ...] = ("started_at", "ended_at", "recorded_at")
_SEPARATOR = ","
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")

_PARTS_OF_PEOPLE = {"link_code": "an element of the self-generated code", "dyads": "the key of another person"}


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
            not have, every column or item that is claimed twice, and every answer option of the survey's definition
            that is none of the instrument's.
    """
    source = request.source
    if source is None:
        return _with_time_zone(with_personal_columns(plan, head), head, None)
    columns = Columns(plan, head)
    holders = find_holders(columns, request.instruments, source)
    keys, faults = _keys(plan.keys, source, columns)
    of_people = _columns_of_people(source, columns, holders.held, faults)
    items = {name: (each, item) for each in request.instruments for name, item in each.items.items()}
    plan = with_personal_columns(plan, head, _choices(holders.held, items))
    bound: list[PlannedColumn] = []
    found: list[tuple[str, Meanings]] = []
    for column in plan.columns:
        held = next(iter(holders.held.get(column.name, [])), None)
        if held is None:
            is_of_people = any(column.name in named.values() for named in of_people.values())
            bound.append(_as_element(column) if is_of_people else _as_bystander(column, keys))
            continue
        faults += _personal(column, held.item, items[held.item][1])
        meanings = _meanings(column, *items[held.item], held, _missing(column, request))
        found.append((column.name, meanings))
        bound.append(_as_item(column, items[held.item][1], held, meanings))
    faults = [*holders.faults, *faults, *_joined([(name, each.faults) for name, each in found])]
    if faults:
        raise ReadingError(head.file_name, "; ".join(faults))
    unknown = [column.name for column in bound if column.role == "unknown"]
    warnings = [*plan.warnings, *holders.warnings, *_joined([(name, each.warnings) for name, each in found])]
    if unknown:
        warnings.append(f"no instrument asks for these columns; they stay in the file: {listed(unknown)}")
    changed = replace(
        plan,
        columns=tuple(bound),
        keys=keys,
        key_parts={key: parts for key, parts in plan.key_parts.items() if keys.get(key) == plan.keys.get(key)},
        link_code=of_people["link_code"],
        dyads=of_people["dyads"],
        warnings=tuple(warnings),
        finished_texts=_finished_texts(plan, keys),
    )
    return _with_time_zone(changed, head, source)


def _choices(held: Mapping[str, Sequence[Held]], items: Mapping[str, tuple[Instrument, Item]]) -> list[str]:
    """Name the columns that hold a choice: what a name promises is no evidence against an instrument's options."""
    return [name for name, each in held.items() if each and items[each[0].item][1].kind in _CHOICES]


def _finished_texts(plan: ReadingPlan, keys: Mapping[KeyName, str]) -> frozenset[str]:
    """Return what means finished: what the platform writes in its own column; in a time that it knows, any text."""
    named = keys.get("is_finished")
    if named == plan.keys.get("is_finished"):
        return plan.finished_texts
    is_time = any(named == plan.keys.get(key) for key in _TIME_KEYS)
    return frozenset() if is_time else FINISHED_TEXTS


def _missing(column: PlannedColumn, request: Request) -> dict[str, MissingReason]:
    """Return the texts that stand for no answer in a column: those of the survey's definition, then the source's.

    Where the definition says that a question keeps the project's codes as answers, they are none.
    """
    stated = request.source.missing if request.source else {}
    of_project = request.structure.missing if request.structure else {}
    if column.question is not None and column.question.keeps_missing_codes:
        known = set(map(fold, of_project))
        return {text: reason for text, reason in stated.items() if known and fold(text) not in known}
    return {**of_project, **stated}


def _joined(said: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Say once for all columns what is said of several."""
    names: dict[str, list[str]] = {}
    for name, messages in said:
        for message in messages:
            names.setdefault(message, []).append(name)
    return [f"{listed(columns)}: {message}" for message, columns in names.items()]


def _meanings(
    column: PlannedColumn, instrument: Instrument, item: Item, held: Held, missing: Mapping[str, MissingReason]
) -> Meanings:
    """Say what the cells of a bound column mean; options' columns hold ticks, other kinds than choices no codes."""
    if held.is_option:
        reasons = dict.fromkeys(_texts_of_option(column), held.reason) if held.reason else {}
        stated = {fold(text): each for text, each in missing.items() if fold(text) and fold(text) not in reasons}
        return Meanings(opt_outs=reasons | stated)
    meanings = meanings_of_column(column, instrument, held.item, missing)
    odd = _labels_other_than_codes(column)
    if not odd or item.kind not in ("number", "code"):
        return meanings
    if item.kind == "number" and column.written != "labels":
        fault = (
            f"{held.item} is a number, but the cells hold codes of answer options ({listed(odd)}); export choice text, "
            "or make the item a choice"
        )
        return replace(meanings, faults=(*meanings.faults, fault))
    warning = f"{held.item} is no choice, so its texts are kept as this export writes them: {column.written or 'codes'}"
    return meanings if item.kind == "number" else replace(meanings, warnings=(*meanings.warnings, warning))


def _labels_other_than_codes(column: PlannedColumn) -> list[str]:
    if column.question is None or column.question.kind == "number":
        return []
    options = [each for each in column.question.options if each.reason is None]
    return [f"{each.code} ({each.label})" for each in options if each.label and fold(each.label) != fold(each.code)]


def _texts_of_option(column: PlannedColumn) -> list[str]:
    """Return the texts that say that the option of a column is ticked."""
    options = column.question.options if column.question else ()
    own = [option for option in options if option.code == column.option]
    texts = {"1", *column.ticked, *(fold(text) for each in own for text in (each.code, each.label, *each.also))}
    return sorted(text for text in texts if text and text not in column.unticked)


def _as_item(column: PlannedColumn, item: Item, held: Held, meanings: Meanings) -> PlannedColumn:
    is_option, ticks = held.is_option, _texts_of_option(column) if held.reason else []
    kept = {text: reason for text, reason in column.opt_outs.items() if text not in meanings.codes}
    opt_outs = kept | {text: each for text, each in meanings.opt_outs.items() if each != "invalid" or text not in kept}
    seen = [text for text, reason in opt_outs.items() if reason == "seen_unanswered" and text not in ticks]
    unticked = frozenset(seen) if is_option else frozenset[str]()
    role: Role = "multiple_choice_option" if is_option else "item"
    is_unsplit = item.kind == "multiple_choice" and not is_option
    return replace(
        column,
        role="open_text" if item.kind == "open_text" else role,
        item=held.item,
        kind=item.kind,
        codes=meanings.codes,
        opt_outs={text: reason for text, reason in opt_outs.items() if text not in unticked},
        least=item.least,
        most=item.most,
        is_personal_data=item.personal_data or (column.is_personal_data and column.role != "embedded"),
        option=(column.option if held.option is None else str(held.option)) if is_option else "",
        ticked_means=held.reason,
        separator=(column.separator or _SEPARATOR) if is_unsplit else "",
        ticked=column.ticked if is_option else frozenset(),
        unticked=column.unticked | unticked if is_option else frozenset(),
    )


def _keys(found: Mapping[KeyName, str], source: Source, columns: Columns) -> tuple[dict[KeyName, str], list[str]]:
    keys = dict(found)
    if source.language:
        keys.pop("language", None)
    if source.respondent_group:
        keys.pop("respondent_group", None)
    faults: list[str] = []
    for key, named in source.identifiers.model_dump(exclude_none=True, exclude={"link_code", "dyads"}).items():
        column = columns.one(named)
        if column is not None:
            keys[key] = column.name
        else:
            faults.append(f"identifiers.{key} names '{named}', but there is no such column{columns.closest(named)}")
    return keys, faults


def _personal(column: PlannedColumn, name: str, item: Item) -> list[str]:
    """Refuse to store as an answer what identifies people, unless the instrument says that it does."""
    is_personal = column.is_personal_data and column.role != "embedded"
    if not is_personal or item.personal_data or item.kind == "open_text":
        return []
    return [
        f"'{column.name}' may identify people and would be stored as the item {name}; take the item out of the "
        "instrument, or let it say personal_data: true when that is meant"
    ]


def _columns_of_people(
    source: Source, columns: Columns, held: Mapping[str, Sequence[Held]], faults: list[str]
) -> dict[str, dict[str, str]]:
    """Find columns that tell people apart; none of them may hold an item, whose answers are stored as given.

    Args:
        source: The source's settings.
        columns: The columns of the file.
        held: Column → the items it holds.
        faults: Takes what is wrong.

    Returns:
        Setting → element or kind of dyad → name of the column.
    """
    found: dict[str, dict[str, str]] = {}
    for setting, meaning in _PARTS_OF_PEOPLE.items():
        found[setting] = {}
        for name, named in getattr(source.identifiers, setting).items():
            column = columns.one(named)
            if column is None:
                nearest = columns.closest(named)
                faults.append(f"identifiers.{setting} names '{named}', but there is no such column{nearest}")
            elif held.get(column.name):
                faults.append(
                    f"'{column.name}' holds the item {held[column.name][0].item} and {meaning}; what identifies people "
                    "is no answer: take the item out of the instrument"
                )
            else:
                found[setting][name] = column.name
    return found


def _as_element(column: PlannedColumn) -> PlannedColumn:
    return replace(column, role="identifier", is_personal_data=True)


def _as_bystander(column: PlannedColumn, keys: Mapping[KeyName, str]) -> PlannedColumn:
    of_column = [key for key, name in keys.items() if name == column.name]
    if any(key in _IDENTIFYING_KEYS for key in of_column):
        personal = "respondent_key" in of_column or (column.is_personal_data and column.role != "embedded")
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
