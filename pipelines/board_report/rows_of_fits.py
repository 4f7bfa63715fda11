"""What has to be known of the rows of a released fit, in plain words: for the board report and for the dashboard.

What n counts, within what is compared, which groups are expected to differ, what was filled in, what was corrected.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any

import pandas as pd

from models.sections.inference import MARGINAL, MIXED_CATEGORICAL
from models.sections.panel import NUMBER_OF_ANSWERS

BY_DESIGN = "design"
FEW_ANSWERS = "few_answers"
CORRECTED = "corrected_means"
"""Estimator of a model whose organisation means are corrected for how few answers each rests on."""
ENGLISH_ROWS: Mapping[str, str] = {
    "level_organisation_and_wave": "n counts organisations in waves, by the means of their answers, not people.",
    "level_organisation": "n counts organisations, by the means of their answers, not people.",
    "within_groups": "Compared within {groups} only: what sets these apart from each other is taken out, and the "
    "share explained is of what is left.",
    "mixed_groups": "People of the same group answer more alike than others, and the model expects that of {groups}; "
    "what is expected of a single one is never shown.",
    "corrected": "The organisations' means are corrected for how few answers each rests on.",
    "corrected_reading": "A mean of a few answers is blurred by who happened to answer. Where organisations' means "
    "are corrected, how much that is was estimated from the answers and taken out.",
    "corrected_measurement": "The scores are corrected for errors of measurement: how much a few questions miss of "
    "what they ask about was estimated from how far the answers to them agree, and taken out.",
    "corrected_few_answers, measurement": "The scores are corrected for two things: how few answers the mean of an "
    "organisation rests on, and how much a few questions miss of what they ask about (errors of measurement), which "
    "was estimated from how far the answers to them agree.",
    "slopes": "The connection of {terms} with what is explained may differ between {groups}; shown is the middle over "
    "them, and what it is in a single one is never shown.",
    "marginal": "That people of the same group answer more alike than others is allowed for; the figures are of "
    "everybody taken together.",
    "within_figures": "The figures compare people of the same group.",
    "dyads": "Two persons who belong together answered, such as an employee and the manager; “the other member of the "
    "dyad” stands for what the other one of the two answered. Those whose other member did not answer are not counted.",
    "weighted": "Answers are weighted: people of kinds of whom few answered count for more, as if more of them had.",
    "weighted_by_answers": "Organisations count by how many answered in them.",
    "by_design": "The intervals allow for how people were sampled.",
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
    "corrected_measurement": "Scorerne er rettet for målefejl: hvor meget få spørgsmål går glip af det, de spørger "
    "til, er anslået ud fra, hvor enige svarene på dem er, og trukket fra.",
    "corrected_few_answers, measurement": "Scorerne er rettet for to ting: hvor få svar en organisations gennemsnit "
    "hviler på, og hvor meget få spørgsmål går glip af det, de spørger til (målefejl), som er anslået ud fra, hvor "
    "enige svarene på dem er.",
    "slopes": "Sammenhængen mellem {terms} og det, der forklares, kan være forskellig mellem {groups}; her vises "
    "midten over dem, og hvad den er i en enkelt, vises aldrig.",
    "marginal": "Der er taget højde for, at personer i samme gruppe svarer mere ens end andre; tallene er for alle "
    "under ét.",
    "within_figures": "Tallene sammenligner personer i samme gruppe.",
    "dyads": "To personer, der hører sammen, har svaret, fx en medarbejder og lederen; “den anden i parret” står for "
    "det, den anden af de to svarede. De, hvis anden i parret ikke svarede, tælles ikke med.",
    "weighted": "Svarene er vægtet: personer af de slags, hvoraf få svarede, tæller mere, som "
    "om flere af dem havde svaret.",
    "weighted_by_answers": "Organisationer tæller efter, hvor mange der svarede i dem.",
    "by_design": "Intervallerne tager højde for, hvordan personerne blev udtrukket.",
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
    yield from _of_models(fit, say, named)
    if (imputations := _of(fit, "imputations")) not in ("", "0"):
        yield say("imputed", count=imputations)


def _of_models(fit: Mapping[Any, Any], say: Callable[..., str], named: Callable[[str], str]) -> Iterator[str]:
    """Yield what an estimator, its corrections, dyads, weights and sample say of the rows."""
    estimator, weights = str(fit["estimator"]), _of(fit, "weights")
    if slopes := _of(fit, "random_slopes"):
        yield say("slopes", terms=_joined(slopes, say, named), groups=_groups(_of(fit, "random_effects"), say, named))
    if estimator in MIXED_CATEGORICAL:
        yield say("within_figures")
    if estimator in MARGINAL:
        yield say("marginal")
    if estimator == CORRECTED:
        corrections = _of(fit, "corrections")
        yield say("corrected" if corrections in ("", FEW_ANSWERS) else f"corrected_{corrections}")
    if _of(fit, "dyads"):
        yield say("dyads")
    if weights:
        yield say("weighted_by_answers" if weights == NUMBER_OF_ANSWERS else "weighted")
    if _of(fit, "covariance") == BY_DESIGN:
        yield say("by_design")


def _joined(columns: str, say: Callable[..., str], named: Callable[[str], str]) -> str:
    told = [f"“{named(name)}”" for name in columns.split(", ")]
    return reduce(lambda first, second: say("groups_and", first=first, second=second), told)


def _of(fit: Mapping[Any, Any], column: str) -> str:
    value = fit.get(column)
    return "" if pd.isna(value) else str(value)


def _groups(columns: str, say: Callable[..., str], named: Callable[[str], str]) -> str:
    keys = {name: f"groups_{name}" for name in columns.split(", ")}
    told = [say(key) if key in ENGLISH_ROWS else named(name) for name, key in keys.items()]
    return reduce(lambda first, second: say("groups_and", first=first, second=second), told)
