"""What the figures of a study do not say: sentences that stand in every release, by name and language."""

from collections.abc import Collection, Mapping

from instruments.spec_file import Texts
from pipelines.load import Study

ALWAYS: Mapping[str, Texts] = {
    "no_single_cause": {
        "en": "Co-production is a complex social phenomenon: no figure here names a single cause of anything.",
        "da": "Samskabelse er et komplekst socialt fænomen: intet tal her peger på én enkelt årsag til noget.",
    },
    "contribution": {
        "en": "Outcomes of groups with many parties are hard to measure. A figure speaks of a contribution at most, "
        "never of an effect.",
        "da": "Resultater af grupper med mange parter er svære at måle. Et tal taler højst om et bidrag, aldrig om en "
        "virkning.",
    },
    "transportability": {
        "en": "The findings hold within contexts like those studied; elsewhere they have to be looked at anew.",
        "da": "Resultaterne gælder i sammenhænge som dem, der er undersøgt; andre steder må man se efter på ny.",
    },
    "survey": {
        "en": "Closed questions translate lived experience and socially made meaning only in part. A score is one "
        "reading of what people say, not a truth about them.",
        "da": "Lukkede spørgsmål gengiver kun en del af levet erfaring og socialt skabt mening. En score er én læsning "
        "af det, folk siger, ikke en sandhed om dem.",
    },
    "prescriptive": {
        "en": "The model of collective leadership is prescriptive: a high score is nearer to the model, which does not "
        "make it better leadership.",
        "da": "Modellen for kollektiv ledelse er præskriptiv: en høj score er tættere på modellen, og det gør den ikke "
        "til bedre ledelse.",
    },
}
NO_FUNDING: Texts = {
    "en": "The study does not state how it was funded.",
    "da": "Undersøgelsen oplyser ikke, hvordan den er finansieret.",
}
SELECTION: Texts = {
    "en": "In {waves} not every unit was taken or drawn at random: the figures describe those who were asked, and "
    "nobody else.",
    "da": "I {waves} er ikke alle enheder medtaget eller trukket tilfældigt: tallene beskriver dem, der er spurgt, og "
    "ingen andre.",
}


def report_limits(study: Study, waves_without_inference: Collection[str] = ()) -> dict[str, Texts]:
    """Return every sentence by its name.

    Args:
        study: The study; it says how it was funded.
        waves_without_inference: Waves whose sample register does not allow inference.
    """
    limits = dict(ALWAYS)
    if waves_without_inference:
        limits["selection"] = {
            language: text.format(waves=", ".join(_title(study, wave, language) for wave in waves_without_inference))
            for language, text in SELECTION.items()
        }
    return {**limits, "funding": study.spec.release.funding or NO_FUNDING}


def _title(study: Study, wave: str, language: str) -> str:
    return study.spec.waves[wave].title.get(language, wave)
