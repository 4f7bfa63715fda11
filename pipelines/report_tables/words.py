"""How a table finds its words: its own sentences by key, and the study's titles by what they name."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.report_tables.danish import DANISH
from pipelines.report_tables.english import ENGLISH
from pipelines.report_tables.numerals import Numerals
from pipelines.report_tables.value import one_line

WORDINGS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "da": DANISH}


@dataclass(frozen=True)
class Words:
    """One language: the tables' own wording, the study's texts, and numbers.

    Attributes:
        language: ``en`` or ``da``.
        texts: The study's text by kind and name.
    """

    language: str
    texts: Mapping[tuple[str, str], str]

    def say(self, key: str, **values: object) -> str:
        """Return a wording with its placeholders filled."""
        return WORDINGS[self.language][key].format(**values)

    def maybe(self, key: str, otherwise: str) -> str:
        """Return a wording, or another text where there is none of this key."""
        return WORDINGS[self.language].get(key, otherwise)

    def text(self, kind: str, name: str) -> str:
        """Return the study's text for a name, or the name in words where the study has none."""
        return one_line(self.texts.get((kind, name), name.replace("_", " ")))

    def variable(self, name: str) -> str:
        """Return the title of a scale or the wording of an item; else the name in words."""
        kind = "scale_title" if ("scale_title", name) in self.texts else "item_text"
        return self.text(kind, name)

    def listed(self, names: list[str]) -> str:
        """Join names: ``a, b and c``."""
        head = ", ".join(names[:-1])
        return f"{head} {self.say('and')} {names[-1]}" if head else "".join(names)

    @property
    def numerals(self) -> Numerals:
        """How this language writes numbers."""
        return Numerals(self.language)


def words_of(language: str, texts: pd.DataFrame) -> Words:
    """Choose the texts of a language, else those of any language, else English, else another.

    Args:
        language: ``en`` or ``da``.
        texts: ``meta.texts``.
    """
    order = {language: 0, "und": 1, "en": 2}
    ranked = texts.assign(rank=texts["language"].map(order).fillna(3)).sort_values(["rank", "language"])
    chosen = ranked.drop_duplicates(["kind", "name"])
    rows = zip(chosen["kind"], chosen["name"], chosen["text"], strict=True)
    return Words(language, {(str(kind), str(name)): str(text) for kind, name, text in rows})
