"""The choices of an XLSForm → options by list, those that are no answer, and codes that look like none.

SurveyCTO forms often use -999, -888 and -666 for don't know, refusal and other. A code alone proves nothing: the label
has to say it, otherwise a person is told.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from instruments.sections.response_scale import MissingReason
from pipelines.readers.headers import listed
from pipelines.readers.kobo.xlsform import FormRow, Placed
from pipelines.readers.opt_outs import reason_of_label
from pipelines.readers.plan import fold
from pipelines.readers.structure import Option

_WHOLE_NUMBER = re.compile(r"-?\d+")
_SET_APART = re.compile(r"-\d+|99|98|97|88|999|998|997|888|9999|8888")
_OTHER = re.compile(r"(others?|andet|annet|autres?|otros?)\b.*|.*\bother\b.*")


def lists_of_options(choices: Sequence[FormRow], language: str) -> dict[str, tuple[Option, ...]]:
    """Read the options of every list, in the order shown.

    Args:
        choices: Rows of the sheet.
        language: Whose labels come first; others, and labels with their mark-up, are further spellings.
    """
    lists: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for row in choices:
        code = row.text("name") or row.text("value")
        if not code or not row.text("list_name"):
            continue
        first = row.labels.get(language, "")
        texts = [first, *row.labels.values(), *row.raw_labels.values()]
        lists[row.text("list_name")].setdefault(code, []).extend(text for text in texts if text)
    return {name: tuple(_option(code, texts) for code, texts in codes.items()) for name, codes in lists.items()}


def odd_codes(options: Mapping[str, tuple[Option, ...]], asked: Iterable[Placed]) -> list[str]:
    """Warn of negative codes whose label says neither that there is no answer nor that there is another one."""
    used = {each.type.choices for each in asked}
    odd = {
        f"{option.code} ({option.label[:60]})"
        for name in used
        for option in options.get(name, ())
        if re.fullmatch(r"-\d+", option.code) and option.reason is None and not _OTHER.fullmatch(fold(option.label))
    }
    if not odd:
        return []
    return [
        f"options with a negative code that the label does not explain: {listed(sorted(odd))}; they are read as "
        "answers unless the instrument lists them among its opt_outs"
    ]


def _option(code: str, texts: Sequence[str]) -> Option:
    label = texts[0] if texts else code
    also = tuple(text for text in dict.fromkeys(texts) if fold(text) != fold(label))
    return Option(code, label, also, _reason(code, label))


def _reason(code: str, label: str) -> MissingReason | None:
    """Return the reason that the label states, where the code sets the option apart from a scale's points too."""
    is_apart = _SET_APART.fullmatch(code) or not _WHOLE_NUMBER.fullmatch(code)
    return reason_of_label(label) if is_apart else None
