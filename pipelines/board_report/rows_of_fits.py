"""What has to be known of the rows of a released fit, in plain words: for the board report and for the dashboard.

What n counts, within what is compared, which groups are expected to differ, what was filled in, what was corrected.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any

import pandas as pd

CORRECTED = "corrected_means"
"""Estimator of a model whose organisation means are corrected for how few answers each rests on."""
ENGLISH_ROWS: Mapping[str, str] = {
    "level_organisation_and_wave": "n counts organisations in waves, by the means of their answers, not people.",
    "level_organisation": "n counts organisations, by the means of their answers, not people.",
    "within_groups": "Compared within {groups} only: what sets these apart from each other is taken out, and the share "
    "explained is of what is left.",
    "mixed_groups": "People of the same group answer more alike than others, and the model expects that of {groups}; "
    "what is expected of a single one is never shown.",
    "corrected": "The organisations' means are corrected for how few answers each rests on.",
    "corrected_reading": "A mean of a few answers is blurred by who happened to answer. Where organisations' means are "
    "corrected, how much that is was estimated from the answers and taken out.",
    "imputed": "Missing answers were filled in {count} times from what similar people answered, and the results put "
    "together (multiple imputation); n counts these people too.",
    "groups_organisation_id": "organisations",
    "groups_respondent_key": "persons",
    "groups_collaboration_id": "collaborations",
    "groups_dyad_id": "persons whom dyads share",
    "groups_wave": "waves",
    "groups_respondent_group": "respondent groups",
    "groups_source": "sources",
    "groups_language": "languages",
    "groups_and": "{first} and {second}",
}
DANISH_ROWS: Mapping[str, str] = {
    "level_organisation_and_wave": "n tæller organisationer i runder, ud fra gennemsnit af deres svar, ikke personer.",
    "level_organisation": "n tæller organisationer, ud fra gennemsnit af deres svar, ikke personer.",
    "within_groups": "Kun sammenlignet inden for {groups}: det, der adskiller dem fra hinanden, er taget ud, og den "
    "forklarede andel er af det, der er tilbage.",
    "mixed_groups": "Personer i samme gruppe svarer mere ens end andre, og det regner modellen med for {groups}; hvad "
    "der ventes af en enkelt, vises aldrig.",
    "corrected": "Organisationernes gennemsnit er rettet for, hvor få svar hvert af dem hviler på.",
    "corrected_reading": "Et gennemsnit af nogle få svar sløres af, hvem der tilfældigvis svarede. Hvor "
    "organisationers gennemsnit er rettet, er det anslået ud fra svarene, hvor meget det er, og trukket fra.",
    "imputed": "Manglende svar er udfyldt {count} gange ud fra, hvad lignende personer svarede, og resultaterne er "
    "lagt sammen (multipel imputation); n tæller også disse personer.",
    "groups_organisation_id": "organisationer",
    "groups_respondent_key": "personer",
    "groups_collaboration_id": "samarbejder",
    "groups_dyad_id": "personer, som par deler",
    "groups_wave": "runder",
    "groups_respondent_group": "respondentgrupper",
    "groups_source": "kilder",
    "groups_language": "sprog",
    "groups_and": "{first} og {second}",
}


def said_of_rows(fit: Mapping[Any, Any], say: Callable[..., str], named: Callable[[str], str]) -> tuple[str, ...]:
    """Say what the rows of a fit are; nothing of responses compared with all others.

    Args:
        fit: Row of the released ``out.fits``; releases from before a column say nothing of what it holds.
        say: Words of a language by key, with ``ENGLISH_ROWS`` or ``DANISH_ROWS`` among them.
        named: Column of a study → its title.
    """
    return tuple(_said(fit, say, named))


def _said(fit: Mapping[Any, Any], say: Callable[..., str], named: Callable[[str], str]) -> Iterator[str]:
    level = _of(fit, "level")
    if level not in ("", "response"):
        yield say(f"level_{level}")
    for column, key in (("fixed_effects", "within_groups"), ("random_effects", "mixed_groups")):
        if groups := _of(fit, column):
            yield say(key, groups=_groups(groups, say, named))
    if fit["estimator"] == CORRECTED:
        yield say("corrected")
    if (imputations := _of(fit, "imputations")) not in ("", "0"):
        yield say("imputed", count=imputations)


def _of(fit: Mapping[Any, Any], column: str) -> str:
    value = fit.get(column)
    return "" if pd.isna(value) else str(value)


def _groups(columns: str, say: Callable[..., str], named: Callable[[str], str]) -> str:
    keys = {name: f"groups_{name}" for name in columns.split(", ")}
    told = [say(key) if key in ENGLISH_ROWS else named(name) for name, key in keys.items()]
    return reduce(lambda first, second: say("groups_and", first=first, second=second), told)
