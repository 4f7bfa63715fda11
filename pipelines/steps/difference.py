"""One key in which two documents differ → words: of long lists what only one holds, as people would write it."""

import json
from dataclasses import dataclass
from typing import Any, cast

from models.sections.regressors import Variable

LONGEST_SHOWN = 80


@dataclass(frozen=True)
class Difference:
    """One key that differs.

    Attributes:
        key: Where, keys joined by dots.
        old: Its value before, as JSON; ``nothing`` where there was none.
        new: Its value now.
    """

    key: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.key}: {self.in_words()}"

    def in_words(self, longest: int = LONGEST_SHOWN) -> str:
        """Say both values, cut off where they are longer; of long lists what was taken out and what was added."""
        old, new = _entries(self.old), _entries(self.new)
        if max(len(self.old), len(self.new)) > LONGEST_SHOWN and old is not None and new is not None and old != new:
            parts = {
                "without": [each for each in old if each not in new],
                "with": [each for each in new if each not in old],
            }
            told = [f"{word} {_listed(entries, longest)}" for word, entries in parts.items() if entries]
            if told:
                return "; ".join(told)
        return f"{_short(self.old, longest)} → {_short(self.new, longest)}"


def _entries(text: str) -> list[object] | None:
    value = json.loads(text) if text.startswith("[") else None
    return cast("list[object]", value) if isinstance(value, list) else None


def _listed(entries: list[object], longest: int) -> str:
    plain = map(_plainly, entries)
    return ", ".join(_short(each if isinstance(each, str) else _compact(each), longest) for each in plain)


def _plainly(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Leave out of variables what they are where nothing is said; a name alone is the name."""
    if isinstance(value, list):
        return [_plainly(each) for each in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    said = cast("dict[str, object]", value)
    fields = Variable.model_fields
    if "variable" in said:
        said = {name: each for name, each in said.items() if name not in fields or each != fields[name].default}
        said = {"variable": said.pop("variable"), **said}
    return said["variable"] if list(said) == ["variable"] else {name: _plainly(each) for name, each in said.items()}


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace('"', "")


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
