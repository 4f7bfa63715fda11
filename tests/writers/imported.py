"""What a platform shows once it has imported a survey file, as its respondents see it; shared by all platforms.

Made by reading the file as its format is described; shares no code with what writes or reads the files.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Shown:
    """One question as respondents see it.

    Attributes:
        key: How the writer of exports names its column.
        above: What stands above it by language, such as the stem of a grid; empty for a question of its own.
        text: Its wording by language.
        options: Label by language → the platform's code of the option; empty for typed answers.
        is_multiple: Whether several options may be ticked.
        limits: Smallest and largest number, and what a sum adds up to, as the platform's file says.
    """

    key: str
    text: Texts
    above: Texts = field(default_factory=dict)
    options: tuple[tuple[Texts, str], ...] = ()
    is_multiple: bool = False
    limits: tuple[str, str, str] = ("", "", "")

    def option(self, label: str, language: str) -> str:
        """Return the code of the option with a label."""
        found = [code for labels, code in self.options if labels[language] == label]
        assert len(found) == 1, f"{self.key}: {len(found)} options are labelled {label}"
        return found[0]


def plain(markup: str) -> str:
    """Return what is seen of a text with mark-up."""
    return html.unescape(re.sub(r"<br\s*/?>", "\n", markup))
