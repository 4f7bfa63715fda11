"""How far an instrument has been validated: the status in words, and what may be claimed at each level.

Put here what the statuses mean; not here: any statistic, nor the status of an instrument, which stands in its file.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from instruments.spec import Instrument, ValidationStatus
from instruments.spec_file import Texts


@dataclass(frozen=True)
class Rung:
    """One level of the validation ladder.

    Attributes:
        level: 0 to 6.
        status: Status that an instrument has from this level on.
        step: What was done.
        claim: What may be said with a score, by language.
    """

    level: int
    status: ValidationStatus
    step: str
    claim: Texts


LADDER = (
    Rung(
        0,
        "draft",
        "items written",
        {
            "en": "what was answered, item by item; a score is a working figure",
            "da": "hvad der blev svaret, spørgsmål for spørgsmål; en score er et arbejdstal",
        },
    ),
    Rung(
        1,
        "expert_reviewed",
        "relevance rated by 8 or more experts (I-CVI)",
        {"en": "as level 0; the content is relevant", "da": "som niveau 0; indholdet er relevant"},
    ),
    Rung(
        2,
        "cognitively_interviewed",
        "8 cognitive interviews in each language and group",
        {"en": "as level 1; the items are understood as meant", "da": "som niveau 1; spørgsmålene forstås som ment"},
    ),
    Rung(
        3,
        "piloted",
        "pilot of 150 or more: item statistics, exploratory factor analysis",
        {
            "en": "observed mean scores with their reliability; no claim about latent means",
            "da": "observerede gennemsnit med deres reliabilitet; intet om latente gennemsnit",
        },
    ),
    Rung(
        4,
        "validated",
        "confirmatory factor analysis in a new sample of 300 or more, omega, HTMT below .85",
        {
            "en": "latent means and relations within one group, language and wave",
            "da": "latente gennemsnit og sammenhænge inden for én gruppe, ét sprog og én runde",
        },
    ),
    Rung(
        5,
        "validated",
        "invariance by language, role and wave",
        {
            "en": "comparisons across the groups, languages or waves for which it was shown",
            "da": "sammenligninger mellem de grupper, sprog eller runder, som det er vist for",
        },
    ),
    Rung(
        6,
        "validated",
        "criterion validity with another source",
        {
            "en": "that scores go with what the other source shows",
            "da": "at scorer følges med det, den anden kilde viser",
        },
    ),
)
STATUS_LABELS: Mapping[str, Texts] = {
    "draft": {"en": "draft, not validated", "da": "udkast, ikke valideret"},
    "expert_reviewed": {"en": "reviewed by experts, not validated", "da": "gennemgået af eksperter, ikke valideret"},
    "cognitively_interviewed": {
        "en": "tried in interviews, not validated",
        "da": "afprøvet i interview, ikke valideret",
    },
    "piloted": {"en": "piloted, not validated", "da": "pilottestet, ikke valideret"},
    "validated": {"en": "validated", "da": "valideret"},
}


def claim_of(instrument: Instrument, language: str = "en") -> str:
    """Say what may be claimed with the scores of an instrument: at the lowest level that has its status.

    In English where the language is not known.
    """
    claim = next(each.claim for each in LADDER if each.status == instrument.status)
    return claim.get(language, claim["en"])


def status_in_words(instrument: Instrument, language: str = "en") -> str:
    """Say how far an instrument has been validated, in English where the language is not known."""
    labels = STATUS_LABELS[instrument.status]
    return labels.get(language, labels["en"])
