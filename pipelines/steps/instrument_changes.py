"""What the exports of two waves asked → what changed between them, and which items may not be pooled."""

import html
import json
import re
import unicodedata
from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from pipelines.tables.linking import INSTRUMENT_CHANGES

_MARK_UP = re.compile(r"<[^>]*>")
_NO_WORD = re.compile(r"[\W_]+")
Asked = dict[str, dict[str, set[str]]]


def instrument_changes(columns: pd.DataFrame, waves: list[str], comparable: Mapping[str, str]) -> pd.DataFrame:
    """Compare the questionnaire of every wave with the one before it.

    Mark-up, blanks, capitals and punctuation are no change. A wording or option that only some exports of a wave have
    (another language, another group's form) is none either, as long as the other wave has it too.

    Args:
        columns: ``raw.columns``: wave, item, question_text and options (JSON: code → label; empty when unknown).
        waves: Waves in order.
        comparable: Item → why it may be pooled all the same.

    Returns:
        ``out.instrument_changes``.
    """
    asked = columns.dropna(subset=["item"])
    present = [wave for wave in waves if (asked["wave"] == wave).any()]
    found: list[dict[str, object]] = []
    for earlier, later in pairwise(present):
        sides = [asked[asked["wave"] == wave] for wave in (earlier, later)]
        for item in sorted(set(sides[0]["item"]) | set(sides[1]["item"])):
            of_item = [side[side["item"] == item] for side in sides]
            because = comparable.get(str(item), "")
            found += [
                {
                    "item": item,
                    "wave_from": earlier,
                    "wave_to": later,
                    "aspect": aspect,
                    "before": before,
                    "after": after,
                    "blocks_pooling": aspect != "not_asked" and not because,
                    "because": because,
                }
                for aspect, before, after in _changes(*of_item)
            ]
    return INSTRUMENT_CHANGES.typed(pd.DataFrame(found, columns=list(INSTRUMENT_CHANGES.columns)))


def blocking_changes(changes: pd.DataFrame, items: set[str], waves: list[str], all_waves: list[str]) -> pd.DataFrame:
    """Return the changes that forbid a model to use items over waves together.

    Args:
        changes: ``out.instrument_changes``.
        items: Items behind the model's variables.
        waves: Waves the model uses.
        all_waves: Waves in order.

    Returns:
        The rows of ``changes`` that lie between the first and the last of the model's waves.
    """
    places = sorted(all_waves.index(wave) for wave in waves)
    if len(places) <= 1:
        return changes.iloc[:0]
    between = changes["wave_from"].map(all_waves.index).ge(places[0]) & changes["wave_to"].map(all_waves.index).le(
        places[-1]
    )
    return changes[between & changes["blocks_pooling"].astype(bool) & changes["item"].isin(items)]


def meaning_of(text: str) -> str:
    """Return a text without mark-up, punctuation, capitals and differences of spelling in Unicode."""
    plain = html.unescape(_MARK_UP.sub(" ", text))
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", plain).casefold()).strip()


def _changes(before: pd.DataFrame, after: pd.DataFrame) -> list[tuple[str, str, str]]:
    if before.empty or after.empty:
        return [("not_asked", "asked" if len(before) else "not asked", "asked" if len(after) else "not asked")]
    found: list[tuple[str, str, str]] = []
    texts = [_by_meaning(side["question_text"].fillna("")) for side in (before, after)]
    only = [_only_in(texts[0], texts[1]), _only_in(texts[1], texts[0])]
    if all(only):
        found.append(("wording", *(" / ".join(each) for each in only)))
    options = [_options(side) for side in (before, after)]
    return found + (_changes_of_options(*options) if all(options) else [])


def _by_meaning(texts: pd.Series) -> dict[str, str]:
    return {meaning_of(text): text for text in texts if meaning_of(text)}


def _only_in(texts: dict[str, str], others: dict[str, str]) -> list[str]:
    return sorted(text for meaning, text in texts.items() if meaning not in others)


def _options(side: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return code → meaning → label over all exports of a wave that say their options."""
    found: dict[str, dict[str, str]] = {}
    for text in side["options"].fillna(""):
        for code, label in json.loads(text).items() if text else ():
            found.setdefault(str(code), {})[meaning_of(str(label))] = str(label)
    return found


def _changes_of_options(
    before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]
) -> list[tuple[str, str, str]]:
    codes_of = [_codes_by_meaning(side) for side in (before, after)]
    moved = sorted(meaning for meaning in codes_of[0] if _has_moved(meaning, before, after, codes_of))
    found: list[tuple[str, str, str]] = []
    if moved:
        shown = [
            ", ".join(f"{' / '.join(sorted(codes[meaning]))} = {meaning}" for meaning in moved) for codes in codes_of
        ]
        found.append(("option_codes", shown[0], shown[1]))
    relabelled = [
        code
        for code in before
        if code in after and not before[code].keys() & after[code].keys() and not set(before[code]) & set(moved)
    ]
    if relabelled:
        shown = [", ".join(f"{code} = {_label(side[code])}" for code in relabelled) for side in (before, after)]
        found.append(("option_labels", shown[0], shown[1]))
    for aspect, one, other in (("options_removed", before, after), ("options_added", after, before)):
        gone = [code for code in one if code not in other and not set(one[code]) & set(moved)]
        if gone:
            text = ", ".join(f"{code} = {_label(one[code])}" for code in gone)
            found.append((aspect, text, "") if aspect == "options_removed" else (aspect, "", text))
    return found


def _codes_by_meaning(side: dict[str, dict[str, str]]) -> dict[str, set[str]]:
    """Return meaning → its codes; platforms that take no -8 write the same option with a code of their own."""
    found: dict[str, set[str]] = {}
    for code, labels in side.items():
        for meaning in labels:
            found.setdefault(meaning, set()).add(code)
    return found


def _has_moved(
    meaning: str,
    before: dict[str, dict[str, str]],
    after: dict[str, dict[str, str]],
    codes_of: list[dict[str, set[str]]],
) -> bool:
    """Say whether an option that both waves have lost all its codes, or shares one that meant something else."""
    earlier, later = codes_of[0][meaning], codes_of[1].get(meaning, set[str]())
    if not later:
        return False
    is_taken_over = any(code in before for code in later - earlier) or any(code in after for code in earlier - later)
    return not earlier & later or is_taken_over


def _label(labels: dict[str, str]) -> str:
    return " / ".join(sorted(labels.values()))
