"""Scanned cells → the answers, missing reasons, open texts and rejects that one export yields. As SQL.

Put here how tables are put together; what texts mean is in ``resolve`` and ``keys``.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from instruments.spec import Instrument, Item
from pipelines.readers.cells.keys import RULE_OF_KEY, RULES_OF_KEYS, faulty_keys
from pipelines.readers.cells.marks import BROKEN, FILLED, REASONS, RULES, broken_mark, reason_number
from pipelines.readers.cells.scanned import KEPT, REPEAT, ScannedFile, answer_of, mark_of, quoted, understood
from pipelines.readers.cells.texts import is_list, literal
from pipelines.readers.files.records import RULES_OF_ROWS
from pipelines.readers.plan import PlannedColumn

IS_USED = f"state IN ('{KEPT}', '{REPEAT}')"
_NOT_ADMINISTERED, _NOT_REACHED = REASONS.index("not_administered"), REASONS.index("not_reached")
_TYPES = {"choice": "SMALLINT", "number": "DOUBLE", "date": "DATE", "code": "VARCHAR", "open_text": "VARCHAR"}


def answers(file: ScannedFile, more: Sequence[str] = ()) -> str:
    """Write the query of the answers of kept rows: response_id, wave, one column an item other than open text.

    Args:
        file: The file.
        more: Further columns of the rows.
    """
    columns = [f"{expression} AS {quoted(name)}" for name, expression in _answer_columns(file)]
    listed = ", ".join(["rows.response_id", "rows.wave", *(f"rows.{name}" for name in more), *columns])
    return f"SELECT {listed} {_from_kept(file)}"


def answer_columns(file: ScannedFile) -> list[str]:
    """List the columns of the answers, other than response_id and wave."""
    return [name for name, _ in _answer_columns(file)]


def _answer_columns(file: ScannedFile) -> Iterator[tuple[str, str]]:
    for instrument in file.context.instruments:
        for name, item in instrument.items.items():
            columns = file.columns_of(name)
            if item.kind == "multiple_choice":
                yield from _option_columns(file, instrument, name, columns)
            elif item.kind != "open_text":
                yield name, answer_of(file, columns[0]) if columns else _constant(file, name, item)


def _option_columns(
    file: ScannedFile, instrument: Instrument, item: str, columns: Sequence[PlannedColumn]
) -> Iterator[tuple[str, str]]:
    by_code = {column.option: column for column in columns}
    for name, code in instrument.option_columns(item).items():
        if columns and is_list(columns[0]):
            picked = answer_of(file, columns[0])
            yield name, f"CAST(list_contains({picked}, {code}) AS SMALLINT)"
        elif str(code) in by_code:
            yield name, answer_of(file, by_code[str(code)])
        else:
            yield name, "CAST(NULL AS SMALLINT)"


def _constant(file: ScannedFile, name: str, item: Item) -> str:
    constant = file.context.source.constants.get(name)
    value = "NULL" if constant is None else literal(str(constant))
    return f"CAST({value} AS {_TYPES[item.kind]})"


def gaps(file: ScannedFile, item_numbers: Mapping[str, int]) -> str:
    """Write the query of the missing answers of kept rows: place, item_no, reason_no.

    Args:
        file: The file.
        item_numbers: Item → its number.
    """
    branches = [
        branch
        for instrument in file.context.instruments
        for name in instrument.items
        if (branch := _gaps_of_item(file, name, item_numbers[name])) is not None
    ]
    if not branches:
        return "SELECT 0 AS place, 0 AS item_no, 0 AS reason_no WHERE false"
    reason = reason_number("mark", "blank")
    if file.plan.unreached:
        may_be_unreached = f"coalesce(mark, {FILLED + _NOT_ADMINISTERED}) = {FILLED + _NOT_ADMINISTERED}"
        is_unreached = f"{may_be_unreached} AND rows.is_finished = false AND stands_at > rows.reached"
        reason = f"CASE WHEN {is_unreached} THEN {_NOT_REACHED} ELSE {reason} END"
    union = " UNION ALL ".join(branches)
    return (
        f"SELECT gap.place, CAST(item_no AS USMALLINT) AS item_no, CAST({reason} AS UTINYINT) AS reason_no "  # noqa: S608
        f"FROM ({union}) AS gap JOIN {file.rows} AS rows ON rows.place = gap.place WHERE rows.state = '{KEPT}'"
    )


def _gaps_of_item(file: ScannedFile, item: str, number: int) -> str | None:
    columns = file.columns_of(item)
    if not columns:
        if item in file.context.source.constants:
            return None
        return (
            f"SELECT place, {number} AS item_no, CAST(NULL AS SMALLINT) AS mark, {_NOT_ADMINISTERED} AS blank, "  # noqa: S608
            f"CAST(NULL AS INTEGER) AS stands_at FROM {file.rows}"
        )
    first = columns[0]
    absent = [f"{answer_of(file, column)} IS NULL" for column in file.answers_of(item)] or ["true"]
    page = first.question.page if first.question else None
    at = first.position if file.plan.unreached == "after_last_answer" else page
    mark, blank = _mark_of_item(file, item), REASONS.index(first.blank_means)
    return (
        f"SELECT place, {number} AS item_no, {mark} AS mark, {blank} AS blank, "  # noqa: S608
        f"CAST({'NULL' if at is None else at} AS INTEGER) AS stands_at FROM {understood(file, [item])} "
        f"WHERE {' OR '.join(absent)}"
    )


def _mark_of_item(file: ScannedFile, item: str) -> str:
    """Write the mark of an item: that of its only column, else a broken one, a ticked opt-out, or the first one."""
    columns = file.answers_of(item)
    marks = [mark_of(column) for column in columns]
    if len(file.columns_of(item)) == 1 and columns:
        return marks[0]
    broken = [f"CASE WHEN {mark} >= {BROKEN} THEN {mark} END" for mark in marks]
    opted = [f"opted_{file.columns_of(item)[0].position}"] if file.opt_outs_of(item) else []
    return f"coalesce({', '.join([*broken, *opted, *marks, 'NULL'])})"


def open_answers(file: ScannedFile) -> list[str]:
    """Write the queries of the open-text answers of kept rows, one an item."""
    return [
        f"SELECT rows.response_id, rows.wave, {literal(str(column.item))} AS item, v{column.position} AS text "
        f"{_from_kept(file, [str(column.item)])} AND v{column.position} IS NOT NULL"
        for column in file.columns_of_items
        if column.kind == "open_text"
    ]


def rejects(file: ScannedFile) -> str:
    """Write the query of rejected rows and cells, in the order of the file, as ``core.rejects``."""
    union = " UNION ALL ".join([_rejected_rows(file), *_odd_rows(file), *_rejected_keys(file), *_rejected_cells(file)])
    sha256, wave = literal(file.context.file_sha256), literal(file.context.wave)
    return (
        f"SELECT {sha256} AS file_sha256, {wave} AS wave, row_number, column_name, rule, reason "  # noqa: S608
        f"FROM ({union}) ORDER BY row_number, seq"
    )


def _rejected_rows(file: ScannedFile) -> str:
    keys = file.plan.keys
    group, status = (literal(keys[key]) if key in keys else "NULL" for key in ("respondent_group", "status"))
    column = f"CASE state WHEN 'unknown_respondent_group' THEN {group} WHEN 'preview_without_group' THEN {status} END"
    return (
        f"SELECT row_number, CAST({column} AS VARCHAR) AS column_name, state AS rule, {_in_words('state')} AS reason, "  # noqa: S608
        f"0 AS seq FROM {file.rows} WHERE NOT {IS_USED}"
    )


def _odd_rows(file: ScannedFile) -> list[str]:
    query = f"SELECT row_number, NULL, rule, {_in_words('rule')}, 0 FROM {file.odd_rows}"  # noqa: S608 - names are ours
    return [query] if file.odd else []


def _in_words(rule: str) -> str:
    texts = {**RULES_OF_ROWS, **RULES_OF_KEYS}
    return f"CASE {rule} {' '.join(f'WHEN {literal(name)} THEN {literal(text)}' for name, text in texts.items())} END"


def _rejected_keys(file: ScannedFile) -> list[str]:
    return [
        f"SELECT row_number, {literal(file.plan.keys[key])}, {literal(RULE_OF_KEY[key])}, "  # noqa: S608
        f"{literal(RULES_OF_KEYS[RULE_OF_KEY[key]])}, 1 FROM {file.rows} WHERE f_{key} AND {IS_USED}"
        for key in faulty_keys(file.plan)
    ]


def _rejected_cells(file: ScannedFile) -> list[str]:
    names, texts = ", ".join(map(literal, RULES)), ", ".join(map(literal, RULES.values()))
    found: list[str] = []
    for column in file.columns_of_items:
        cells = understood(file, [str(column.item)])
        if column.position in file.may_be_broken:
            mark = mark_of(column)
            rule = f"[{mark} - {BROKEN - 1}]"
            found.append(
                f"SELECT rows.row_number, {literal(column.name)}, [{names}]{rule}, [{texts}]{rule}, "  # noqa: S608
                f"{column.position + 1} FROM {cells} AS cells JOIN {file.rows} AS rows USING (place) "
                f"WHERE {IS_USED} AND {mark} >= {BROKEN}"
            )
        if column.position in file.may_be_broken and is_list(column):
            name = "opt_out_beside_answers"
            found.append(
                f"SELECT rows.row_number, {literal(column.name)}, {literal(name)}, {literal(RULES[name])}, "  # noqa: S608
                f"{column.position + 1} FROM {cells} AS cells JOIN {file.rows} AS rows USING (place) "
                f"WHERE {IS_USED} AND w{column.position}"
            )
    return found


def invalid_set_aside(file: ScannedFile) -> list[tuple[int, str]]:
    """Write, by position, the statements that turn answers which their item does not allow into broken marks."""
    items = {name: (each, item) for each in file.context.instruments for name, item in each.items.items()}
    found: list[tuple[int, str]] = []
    for column in file.columns_of_items:
        instrument, item = items[str(column.item)]
        value, scale = f"v{column.position}", instrument.response_scale_of(str(column.item))
        if column.kind == "choice" and scale is not None:
            known = ", ".join(map(str, scale.points))
            change = f"{value} = {broken_mark('outside_response_scale')}"
            condition = f"{value} < {FILLED} AND {value} NOT IN ({known})"
            found.append((column.position, f"UPDATE {file.cells} SET {change} WHERE {condition}"))  # noqa: S608
        elif column.kind == "number" and (item.least is not None or item.most is not None):
            limits = [f"{value} < {item.least}"] if item.least is not None else []
            limits += [f"{value} > {item.most}"] if item.most is not None else []
            change = f"{value} = NULL, m{column.position} = {broken_mark('outside_range')}"
            found.append((column.position, f"UPDATE {file.cells} SET {change} WHERE {' OR '.join(limits)}"))  # noqa: S608
    return found


def _from_kept(file: ScannedFile, items: Collection[str] | None = None) -> str:
    return f"FROM {understood(file, items)} AS cells JOIN {file.rows} AS rows USING (place) WHERE rows.state = '{KEPT}'"
