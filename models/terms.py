"""Terms of a fit → the scales they are made of."""

import re
from collections.abc import Collection, Iterable
from typing import get_args

from models.sections.regressors import Use


def scales_in_terms(terms: Iterable[str], known: Collection[str]) -> list[str]:
    """List the scales that terms are made of, in order of appearance.

    Args:
        terms: Terms such as ``trust``, ``trust_organisation_mean x workload`` or ``wave[w2]``.
        known: Names of scales.
    """
    words = (word for term in terms for word in re.findall(r"\w+", term))
    found = (_scale_of(word, known) for word in words)
    return list(dict.fromkeys(scale for scale in found if scale is not None))


def _scale_of(word: str, known: Collection[str]) -> str | None:
    word = word.removesuffix("_earlier_wave").removesuffix("_other_member")
    if word in known:
        return word
    shortened = (word.removesuffix(f"_{use}") for use in get_args(Use))
    return next((each for each in shortened if each in known), None)
