"""A YAML file → a frozen specification, or every fault of the file at once with line and remedy.

Put here what all specifications share: strict classes, the words of the faults, suggestions for misspelt keys, the
generated JSON Schema. Not here: the notation (``strict_yaml``) and what a single kind of file contains (``spec``).
"""

import datetime as dt
import difflib
import hashlib
import json
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeGuard, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails

from instruments.strict_yaml import Document, Key, Place, read_yaml

LONGEST_NAME = 63
_NAME = rf"^[A-Za-z][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}$"
_LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
Name = Annotated[str, StringConstraints(pattern=_NAME)]
Language = Annotated[str, StringConstraints(pattern=_LANGUAGE)]
Texts = dict[Language, str]
ANY_LANGUAGE = "und"


def _by_language(words: object) -> object:
    return {ANY_LANGUAGE: words} if isinstance(words, str) else words


Words = Annotated[
    Texts,
    BeforeValidator(_by_language),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}),
]
"""Words by language, or plain words that stand for every language."""


class Spec(BaseModel):
    """Base of every specification class: frozen, strict types, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class BrokenRuleError(ValueError):
    """What an entry may not hold, raised by its class; ``place`` are the keys below the entry that are to blame."""

    def __init__(self, message: str, *place: Key) -> None:
        self.place: Place = place
        super().__init__(message)


AnySpec = TypeVar("AnySpec", bound=Spec)


def read_spec(path: Path, kind: type[AnySpec]) -> tuple[AnySpec | None, Document]:
    """Read one specification file.

    Returns:
        The specification, or None when it has faults, and the document, whose ``faults`` hold them all.
    """
    document = read_yaml(path)
    if document.value is None and not document.faults:
        document.blame((), f"the file is empty; expected {_keys_wanted(kind)}")
    if not isinstance(document.value, dict):
        if not document.faults:
            document.blame((), f"expected keys with values: {_keys_wanted(kind)}")
        return None, document
    return validate_spec(document, kind, json_like(cast("dict[object, object]", document.value))), document


def validate_spec(document: Document, kind: type[AnySpec], value: object) -> AnySpec | None:
    """Make a specification from plain values, or add every fault to the document and return None."""
    try:
        spec = kind.model_validate(value)
    except ValidationError as error:
        for detail in _of_fitting_choices(document, kind, error.errors(include_url=False)):
            _blame(document, kind, detail)
        return None
    return None if document.faults else spec


def canonical_json(spec: BaseModel) -> str:
    """Write a specification as JSON with sorted keys and no blanks: the same content gives the same text."""
    content = spec.model_dump(mode="json", by_alias=True)
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def spec_hash(spec: BaseModel) -> str:
    """Return the SHA-256 of the canonical JSON of a specification, in hexadecimal."""
    return hashlib.sha256(canonical_json(spec).encode()).hexdigest()


def json_schema(kind: type[Spec]) -> str:
    """Write the JSON Schema of a specification class, as editors use it to complete keys."""
    schema = kind.model_json_schema(by_alias=True)
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2) + "\n"


def closest(word: str, known: list[str]) -> str:
    """Return ``; did you mean 'x'?`` for the nearest known word, or nothing when none is near."""
    folded = {entry.lower(): entry for entry in known}
    near = difflib.get_close_matches(word.lower(), list(folded), n=1, cutoff=0.6)
    return f"; did you mean '{folded[near[0]]}'?" if near else ""


def json_like(value: object) -> Any:  # noqa: ANN401 - plain YAML values of any shape
    """Turn lists into tuples, which strict frozen classes expect; leave dates and numbers as they are."""
    if isinstance(value, dict):
        return {key: json_like(entry) for key, entry in cast("dict[object, object]", value).items()}
    if isinstance(value, list):
        return tuple(json_like(entry) for entry in cast("list[object]", value))
    return value


def _keys_wanted(kind: type[BaseModel]) -> str:
    return ", ".join(name for name, field in kind.model_fields.items() if field.is_required())


def _blame(document: Document, kind: type[BaseModel], detail: ErrorDetails) -> None:
    place = _place_in(document, detail["loc"])
    broken = detail.get("ctx", {}).get("error")
    if isinstance(broken, BrokenRuleError):
        place = (*place, *broken.place)
    if detail["type"] == "extra_forbidden":
        keys = sorted(_keys_at(kind, place[:-1]))
        nearest = closest(str(detail["loc"][-1]), keys) or f"; known keys: {', '.join(keys)}"
        document.blame(place, f"unknown key{nearest}")
    elif detail["type"] == "missing":
        document.blame(place, _missing(kind, place, detail["loc"][-1]))
    else:
        document.blame(place, _in_our_words(detail))


def _missing(kind: type[BaseModel], place: Place, key: int | str) -> str:
    if isinstance(key, str):
        return "this key is missing; add it"
    alone = ", or write a single one without brackets" if str in _kinds_at(kind, place) else ""
    return f"entry {key + 1} of the list is missing; add it{alone}"


def _place_in(document: Document, location: tuple[int | str, ...]) -> Place:
    """Drop the parts of a pydantic location that name types and not keys of the file."""
    place: list[Any] = []
    for part in location:
        for key in (part, _number(part)):
            if (*place, key) in document.lines:
                place.append(key)
                break
    missing = location[-1] if location else None
    if isinstance(missing, str) and (not place or place[-1] != missing) and missing.isidentifier():
        place.append(missing)
    return tuple(place)


def _of_fitting_choices(document: Document, kind: type[BaseModel], details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Where a value may be of several kinds, keep the faults of the kind it was meant to be and drop the others."""
    choices: dict[Place, list[str]] = {}
    for detail in details:
        for place, choice in _choices_taken(document, detail):
            choices.setdefault(place, []).append(choice)
    fitting = {place: _fitting_choice(document, kind, place, names) for place, names in choices.items()}
    return [
        detail
        for detail in details
        if all(choice == fitting[place] for place, choice in _choices_taken(document, detail))
    ]


def _choices_taken(document: Document, detail: ErrorDetails) -> Iterator[tuple[Place, str]]:
    """Find the parts of a pydantic location that name a type, with the place whose value was read as that type."""
    place: Place = ()
    location = detail["loc"][:-1] if detail["type"] == "missing" else detail["loc"]
    for part in location:
        known = [key for key in (part, _number(part)) if (*place, key) in document.lines]
        if known:
            place = (*place, cast("Any", known[0]))
        elif isinstance(part, str) and part != "[key]":
            yield place, part


def _fitting_choice(document: Document, kind: type[BaseModel], place: Place, names: list[str]) -> str:
    value: Any = document.value
    for key in place:
        value = value[key]
    keys = {each.__name__: set(each.model_fields) for each in _kinds_at(kind, place) if _is_spec(each)}
    if isinstance(value, dict):
        given = set(cast("dict[str, object]", value))
        return max(names, key=lambda name: len(keys.get(_class_of(name), set()) & given))
    names = sorted(names, key=lambda name: name.startswith("tuple[") != isinstance(value, tuple | list))
    return next((name for name in names if _class_of(name) not in keys), names[0])


def _class_of(choice: str) -> str:
    """Return ``Variable`` for what pydantic calls ``function-after[_rule(), Variable]``."""
    return choice.rstrip("]").split(" ")[-1]


def _number(part: int | str) -> object:
    return int(part) if isinstance(part, str) and part.lstrip("-").isdigit() else part


_WORDS = {
    "string_type": "expected text",
    "int_type": "expected a whole number",
    "float_type": "expected a number",
    "bool_type": "expected true or false",
    "tuple_type": "expected a list: [a, b] or one entry a line after a dash",
    "dict_type": "expected keys with values",
    "model_type": "expected keys with values",
    "date_type": "expected a date such as 2026-03-01",
}
_COUNTED = {"too_short": "{min_length} or more", "too_long": "at most {max_length}"}
_WANTED_BY_PATTERN = {
    _NAME: f"expected a name of at most {LONGEST_NAME} letters, digits and underscores that begins with a letter",
    _LANGUAGE: "expected a language such as en or da",
}


def _in_our_words(detail: ErrorDetails) -> str:
    found = detail.get("input")
    shown = f", found {_shown(found)}"
    shown_unless_told = "" if detail["type"] == "value_error" else shown
    if detail["type"] == "string_type" and isinstance(found, int | float | dt.date):
        return f'expected text{shown}; write "{_shown(found)}" in quotation marks'
    if detail["type"] in _WORDS:
        return _WORDS[detail["type"]] + shown
    if detail["type"] == "literal_error":
        expected = str(detail.get("ctx", {}).get("expected", ""))
        choices = [choice.strip(" '") for choice in expected.replace(" or ", ",").split(",")]
        return f"expected {expected}{shown}{closest(str(found), choices)}"
    if detail["type"] == "string_pattern_mismatch":
        return _WANTED_BY_PATTERN[detail.get("ctx", {})["pattern"]] + shown
    if detail["type"] in _COUNTED:
        context = detail.get("ctx", {})
        return f"expected {_COUNTED[detail['type']].format(**context)} entries, found {context['actual_length']}"
    return detail["msg"].replace("Input should be", "expected").removeprefix("Value error, ") + shown_unless_told


def _shown(found: object) -> str:
    if found is None:
        return "nothing"
    if isinstance(found, dict | tuple | list):
        return "keys with values" if isinstance(found, dict) else "a list"
    if isinstance(found, dt.date):
        return found.isoformat()
    return str(found).lower() if isinstance(found, bool) else repr(found)


def _keys_at(kind: object, place: Place) -> set[str]:
    """Return the keys that specification classes allow at a place."""
    return {
        field.alias or name
        for each in _kinds_at(kind, place)
        if _is_spec(each)
        for name, field in each.model_fields.items()
    }


def _kinds_at(kind: object, place: Place) -> list[object]:
    """Return the types that a value at a place may have."""
    here = [kind]
    for key in place:
        here = [below for each in here for below in _below(each, key)]
    return here


def _is_spec(kind: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _below(kind: object, key: object) -> Iterator[object]:
    if _is_spec(kind):
        for name, field in kind.model_fields.items():
            if key in (name, field.alias):
                yield from _choices(field.annotation)
        return
    arguments = get_args(kind)
    if get_origin(kind) in (dict, Mapping):
        yield from _choices(arguments[1])
    elif get_origin(kind) in (tuple, list):
        yield from _choices(arguments[0])


def _choices(annotation: object) -> Iterator[object]:
    """Flatten optional and union annotations into the types they allow."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _choices(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for choice in get_args(annotation):
            yield from _choices(choice)
    else:
        yield annotation
