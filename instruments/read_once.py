"""A specification file → its specification, parsed once for every text in the life of the program.

Studies of one installation share instruments and models of the built-in library, and their texts do not change while
they are read. Only what has no fault is remembered: faults name the file, and another file may have the same text.
"""

from functools import lru_cache
from pathlib import Path
from typing import cast

from instruments.spec_file import AnySpec, Spec, json_like, read_spec, validate_spec
from instruments.strict_yaml import Document, parse_yaml, read_text

REMEMBERED = 1024


def read_once(path: Path, kind: type[AnySpec]) -> tuple[AnySpec | None, Document]:
    """Read one specification file as ``read_spec`` does.

    Args:
        path: The file.
        kind: Class of the specification.

    Returns:
        The specification, or None when it has faults, and a document of its own, which takes further faults.
    """
    text = read_text(Document(path))
    spec, document = (None, None) if text is None else _of_text(text, kind)
    if spec is None or document is None:
        return read_spec(path, kind)
    return cast("AnySpec", spec), Document(path, document.value, document.lines)


@lru_cache(maxsize=REMEMBERED)
def _of_text(text: str, kind: type[Spec]) -> tuple[Spec | None, Document]:
    document = parse_yaml(Document(Path()), text)
    if not isinstance(document.value, dict):
        return None, document
    return validate_spec(document, kind, json_like(cast("dict[object, object]", document.value))), document
