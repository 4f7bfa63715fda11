"""Texts and containers of a Qualtrics definition → plain words and dictionaries. What a question is, is elsewhere."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

_UNSEEN = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)|<!--.*?(-->|\Z)", re.DOTALL | re.IGNORECASE)
_LINE_BREAK = re.compile(r"</?(br|p|div|li|ul|ol|tr|td|th|table|h[1-6]|hr)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_PIPED = re.compile(r"\$\{[^{}]*\}")
PIPED_MARK = "…"
_DEEPEST_LOGIC = 20


def plain(markup: object) -> str:
    """Return the words of a text: mark-up taken out, entities resolved, blanks single, piped text as ``…``."""
    text = _UNSEEN.sub(" ", "" if markup is None else str(markup))
    text = html.unescape(_TAG.sub("", _LINE_BREAK.sub(" ", text)))
    return " ".join(_PIPED.sub(PIPED_MARK, text).split())


def spellings(markup: object) -> tuple[str, ...]:
    """Return the forms in which exports may write a text besides ``plain``: as it stands, its tags simply left out."""
    raw = "" if markup is None else str(markup)
    seen = _UNSEEN.sub(" ", raw)
    forms = (raw, html.unescape(raw), html.unescape(_TAG.sub("", seen)), html.unescape(_TAG.sub(" ", seen)))
    return tuple(dict.fromkeys(" ".join(form.split()) for form in forms if form.split()))


def mapping(value: object) -> dict[str, Any]:
    """Return a PHP array, which JSON shows as an object or, when its keys are 0, 1, 2 …, as a list."""
    if isinstance(value, Mapping):
        return {str(key): entry for key, entry in cast("Mapping[object, Any]", value).items()}
    if isinstance(value, list):
        return {str(index): entry for index, entry in enumerate(cast("list[Any]", value)) if entry is not None}
    return {}


def entries(value: object) -> dict[str, dict[str, Any]]:
    """Return the entries of a PHP array that are arrays themselves."""
    return {key: mapping(entry) for key, entry in mapping(value).items() if isinstance(entry, Mapping | list)}


def condition(logic: object) -> str:
    """Write display or branch logic in one line, operands and operators verbatim; empty when there is none."""
    if not mapping(logic):
        return ""
    parts = [part for part in _expressions(logic) if part]
    if not parts:
        return json.dumps(logic, ensure_ascii=False, sort_keys=True)
    return " ".join(parts).removeprefix("And ").removeprefix("Or ")


def _expressions(logic: object, depth: int = 0) -> Iterator[str]:
    given = mapping(logic) if depth < _DEEPEST_LOGIC else {}
    if "LogicType" in given:
        joined = str(given.get("Conjuction") or given.get("Conjunction") or "And")
        words = [str(given.get(key) or "") for key in ("LeftOperand", "Operator", "RightOperand")]
        yield " ".join(filter(None, (joined, *(words if any(words) else [plain(given.get("Description"))]))))
        return
    for entry in given.values():
        if isinstance(entry, Mapping | list):
            yield from _expressions(cast("object", entry), depth + 1)
