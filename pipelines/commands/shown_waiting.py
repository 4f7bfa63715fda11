"""What waits for an estimator → lines for people, values for machines."""

from collections.abc import Iterator, Mapping

from instruments.spec_file import ANY_LANGUAGE, Texts
from models.sections.waiting import NEEDS, WaitingSpec

_LANGUAGE = "en"


def waiting_document(waiting: Mapping[str, WaitingSpec]) -> list[dict[str, object]]:
    """Return one value a model that waits: its name, its hypothesis, and what each part waits for."""
    return [
        {
            "model": name,
            "code": each.code,
            "parts": [
                {"estimand": _text(part.estimand), "waits_for": {need: NEEDS[need] for need in part.needs}}
                for part in each.parts
            ],
        }
        for name, each in waiting.items()
    ]


def waiting_lines(waiting: Mapping[str, WaitingSpec]) -> Iterator[str]:
    """Yield one line a model that waits, and one a part of it."""
    for name, each in waiting.items():
        yield f"  waiting: {name} ({each.code})"
        for part in each.parts:
            wanted = "; ".join(NEEDS[need] for need in part.needs)
            yield f"    {_text(part.estimand)} Waits for {wanted}."


def _text(texts: Texts) -> str:
    return texts.get(_LANGUAGE) or texts.get(ANY_LANGUAGE) or next(iter(texts.values()))
