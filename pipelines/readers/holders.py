"""A study's items and the columns of an export → which column holds which item, or which option of one.

Columns are named by their header, by the platform's id, or, for a multiple choice, by the question that its options
belong to. What the cells mean is in ``meanings``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from instruments.counted import counted
from instruments.sections.response_scale import ResponseScale
from instruments.spec import Instrument, Item, option_column
from instruments.spec_file import closest
from pipelines.readers.headers import listed
from pipelines.readers.held_columns import OPTION, Columns, Held, Holders
from pipelines.readers.meanings import Meaning, label_in_header, match_options
from pipelines.readers.plan import PlannedColumn
from pipelines.sections.sources import Source


def find_holders(columns: Columns, instruments: Sequence[Instrument], source: Source) -> Holders:
    """Find the columns of every item.

    Args:
        columns: The columns of the export.
        instruments: What the source administered.
        source: Its settings.

    Returns:
        The holders, with a fault for every setting that names no column, every column or item that is claimed twice,
        every required item without a column, and every option that is none of the instrument's.
    """
    absent = {*source.not_administered, *source.constants}
    items = {name: (each, item) for each in instruments for name, item in each.items.items() if name not in absent}
    holders = Holders()
    for name, (instrument, item) in items.items():
        named = source.columns.get(name)
        if isinstance(named, Mapping):
            _give_options(holders, columns, name, named, instrument.response_scale_of(name), item)
        else:
            _give(holders, columns, name, named, instrument)
    _blame_shared_columns(holders)
    _blame_two_columns(holders, columns, items, source)
    _blame_missing(holders, columns, {name: item for name, (_, item) in items.items()}, source)
    return holders


def _give(holders: Holders, columns: Columns, name: str, named: str | None, instrument: Instrument) -> None:
    reference = name if named is None else named
    item, scale = instrument.items[name], instrument.response_scale_of(name)
    column = columns.one(reference)
    if column is not None and not (item.kind == "multiple_choice" and _is_split(columns, column)):
        if named is None and column.name == name and name in columns.repeated:
            holders.faults.append(
                f"several columns are called '{name}'; say under columns which of them holds {name}, by its source_id"
            )
        holders.give(column.name, Held(name))
    elif item.kind == "multiple_choice" and scale is not None:
        found = _options(holders, columns, reference, name, scale)
        for option_name, meaning in found.items():
            holders.give(option_name, _held(name, meaning, scale))
        _warn_of_options(holders, name, scale, [each for each in found.values() if isinstance(each, int)])
        if named is not None and not found:
            holders.faults.append(_no_such_column(columns, name, named))
    elif named is not None:
        holders.faults.append(_no_such_column(columns, name, named))


def _is_split(columns: Columns, column: PlannedColumn) -> bool:
    """Say whether a column holds one option, or sums up options that have columns of their own."""
    return bool(column.option) or columns.sums_up_options(column.name)


def _held(item: str, meaning: Meaning, scale: ResponseScale) -> Held:
    """Say what the column of an option holds that means a code of the instrument, or a missing reason."""
    if not isinstance(meaning, int):
        return Held(item, reason=meaning)
    return Held(item, meaning, scale.opt_outs[meaning].reason if meaning in scale.opt_outs else None)


def _give_options(
    holders: Holders,
    columns: Columns,
    name: str,
    named: Mapping[int, str],
    scale: ResponseScale | None,
    item: Item,
) -> None:
    """Take the columns that the study itself gives for the options of a multiple choice."""
    if item.kind != "multiple_choice" or scale is None:
        holders.faults.append(f"columns gives a column for every option of {name}, but it is no multiple_choice")
        return
    known = {*scale.points, *scale.opt_outs}
    for code, reference in named.items():
        column = columns.one(reference)
        if code not in known:
            codes = ", ".join(map(str, sorted(known)))
            holders.faults.append(f"columns gives a column for the option {code} of {name}; its codes are {codes}")
        elif column is None:
            holders.faults.append(_no_such_column(columns, f"the option {code} of {name}", reference))
        else:
            holders.give(column.name, _held(name, code, scale))
    _give_further_opt_outs(holders, columns, name)
    _warn_of_options(holders, name, scale, named)


def _give_further_opt_outs(holders: Holders, columns: Columns, name: str) -> None:
    """Take the columns that the survey's definition knows as no answer to a question whose options the study names."""
    given = [column for column in columns.each if any(each.item == name for each in holders.held.get(column.name, []))]
    questions = {column.question.id: column.question for column in given if column.question and column.option}
    for question in questions.values():
        reasons = {option.code: option.reason for option in question.options if option.reason is not None}
        for column in columns.options_of(question.id):
            if column.option in reasons and column.name not in holders.held:
                holders.give(column.name, Held(name, reason=reasons[column.option]))


def _options(holders: Holders, columns: Columns, reference: str, name: str, scale: ResponseScale) -> dict[str, Meaning]:
    """Find the columns of a multiple choice; return column → the option's code in the instrument, or its reason."""
    options = columns.options_of(reference)
    if not options:
        spellings = {
            spelling: code
            for code in (*scale.points, *scale.opt_outs)
            for spelling in (option_column(reference, code), f"{reference}_{code}")
        }
        found = [(columns.one(spelling), code) for spelling, code in spellings.items() if spelling in columns.names]
        return {column.name: code for column, code in found if column is not None}
    codes = _codes_by_structure(holders, options, name, scale)
    strangers: list[str] = []
    for column in options:
        if column.name in codes or column.question is not None:
            continue
        code = _code_by_header(holders, column, name, scale)
        if code is None:
            strangers.append(column.name)
        else:
            codes[column.name] = code
    if strangers:
        holders.faults.append(
            f"these columns hold options of {name} that are none of its response scale: {listed(strangers)}; give "
            f"columns: {{{name}: {{code: column}}}}, or add the options to the scale"
        )
    return codes


def _codes_by_structure(
    holders: Holders, options: Sequence[PlannedColumn], name: str, scale: ResponseScale
) -> dict[str, Meaning]:
    questions = {column.question.id: column.question for column in options if column.question is not None}
    codes: dict[str, Meaning] = {}
    for question in questions.values():
        matched = match_options(question.options, scale)
        holders.faults += [f"{name}: {fault}" for fault in matched.faults]
        holders.warnings += [f"{name}: {warning}" for warning in matched.warnings]
        own = [column for column in options if column.question is not None and column.question.id == question.id]
        for column in own:
            meaning = next((each for option, each in matched.of_option.items() if option.code == column.option), None)
            if meaning is not None:
                codes[column.name] = meaning
    return codes


def _code_by_header(holders: Holders, column: PlannedColumn, name: str, scale: ResponseScale) -> int | None:
    """Take the option of a column whose question is not known: by the label that ends its text, else by its name."""
    by_label = label_in_header(column.question_text, scale)
    ending = OPTION.search(column.name)
    number = int(ending.group("code")) * (-1 if ending.group("minus") else 1) if ending else None
    by_name = number if number in scale.points or number in scale.opt_outs else None
    if by_label is not None and by_name is not None and by_label != by_name:
        holders.warnings.append(
            f"{name}: the column {column.name} is called like option {by_name} and has the label of option {by_label}; "
            "the label was followed"
        )
    return by_name if by_label is None else by_label


def _warn_of_options(holders: Holders, name: str, scale: ResponseScale, found: Iterable[int]) -> None:
    given = Counter(list(found))
    twice = sorted(code for code, times in given.items() if times > 1)
    if twice:
        holders.faults.append(f"several columns hold the same option of {name}: {listed(list(map(str, twice)))}")
    absent = [code for code in scale.points if code not in given]
    if given and absent:
        holders.warnings.append(f"{name}: no column holds the options {listed(list(map(str, absent)))}")


def _no_such_column(columns: Columns, item: str, reference: str) -> str:
    return f"columns says that '{reference}' holds {item}, but there is no such column{columns.closest(reference)}"


def _blame_shared_columns(holders: Holders) -> None:
    for column, held in holders.held.items():
        claimed = sorted({each.item for each in held})
        if len(claimed) > 1:
            holders.faults.append(
                f"the column '{column}' is claimed by several items: {', '.join(claimed)}; give each its own column"
            )
        elif len(held) > 1:
            holders.faults.append(f"the column '{column}' is given for several options of {claimed[0]}; keep one")


def _blame_two_columns(holders: Holders, columns: Columns, items: Mapping[str, object], source: Source) -> None:
    """Refuse an item that has a column by its settings and another that is called like it and no sum of its options."""
    for name in items:
        named = source.columns.get(name)
        is_free = name in columns.names and name not in holders.held and not columns.sums_up_options(name)
        if named is not None and is_free:
            shown = named if isinstance(named, str) else ", ".join(named.values())
            holders.faults.append(f"two columns hold {name}: '{shown}' (from columns) and '{name}'; keep one of them")


def _blame_missing(holders: Holders, columns: Columns, items: Mapping[str, Item], source: Source) -> None:
    found = holders.items()
    free = [name for name in columns.names if name not in holders.held]
    missing = [
        f"'{name}'{closest(name, free).replace(';', ',')}"
        for name, item in items.items()
        if item.is_required and name not in found and name not in source.columns
    ]
    if missing:
        holders.faults.append(
            f"missing required column for {len(missing)} of {counted(len(items), 'item')}: {', '.join(missing)}; "
            "give the column under columns, or list the item under not_administered when it was not asked"
        )
