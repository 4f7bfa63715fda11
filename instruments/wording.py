"""Wordings with slots → the words that respondents see. Nothing about platforms."""

import re
from collections.abc import Mapping

from instruments.sections.response_scale import ResponseScale
from instruments.spec import Instrument
from instruments.spec_file import Texts

_SLOT = re.compile(r"\{([A-Z][A-Z0-9_]*)\}")


def slots_in(texts: Texts) -> set[str]:
    """Return the slots of a wording in any language."""
    return {slot for text in texts.values() for slot in _SLOT.findall(text)}


def fill_slots(texts: Texts, labels: Mapping[str, Texts]) -> Texts:
    """Put labels into the slots of a wording.

    Args:
        texts: Wording by language.
        labels: Slot → label by language.

    Returns:
        The wording by language; a slot without a label in that language stays as it is.
    """
    return {language: _filled(text, language, labels) for language, text in texts.items()}


def with_labels(instrument: Instrument, labels: Mapping[str, Texts]) -> Instrument:
    """Return an instrument with labels in its slots.

    Args:
        instrument: The instrument.
        labels: Slot → label by language.
    """
    items = {
        name: item.model_copy(update={"text": fill_slots(item.text, labels)}) for name, item in instrument.items.items()
    }
    scales = {name: _scale_with_labels(each, labels) for name, each in instrument.response_scales.items()}
    return instrument.model_copy(
        update={"items": items, "response_scales": scales, "stem": fill_slots(instrument.stem, labels)}
    )


def is_unprompted(instrument: Instrument, item: str, *, after_definition: bool) -> bool:
    """Say whether an answer is given before the word that the study is about was shown.

    A closed item is unprompted when it stands before the definition and holds no slot. An open question says itself
    whether it is; where it does not, its place tells.
    """
    asked = instrument.items[item]
    if asked.prompted is not None:
        return not asked.prompted
    return not after_definition and not slots_in(asked.text) and not slots_in(instrument.stem)


def _filled(text: str, language: str, labels: Mapping[str, Texts]) -> str:
    return _SLOT.sub(lambda slot: labels.get(slot[1], {}).get(language, slot[0]), text)


def _scale_with_labels(scale: ResponseScale, labels: Mapping[str, Texts]) -> ResponseScale:
    points = {
        code: point.model_copy(update={"label": fill_slots(point.label, labels)})
        for code, point in scale.points.items()
    }
    return scale.model_copy(update={"points": points})
