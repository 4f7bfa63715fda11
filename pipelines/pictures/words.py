"""What drawings of measurement say of their own, in English and Danish, and numbers as each writes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "path": "{title}: factors and their items, {group}",
        "path_said": "Path diagram with standardised loadings. {all}",
        "loads": "{item} on {factor}: {value}.",
        "correlates": "{one} with {other}: correlation {value}.",
        "loadings": "{title}: standardised loadings with 95% intervals, {group}",
        "ladder": "{title}: are {over} measured alike? {group}",
        "level": "Level",
        "configural": "Same factors",
        "threshold": "Same thresholds",
        "metric": "Same loadings",
        "scalar": "Same intercepts",
        "strict": "Same residual variances",
        "holds": "holds",
        "fails": "does not hold",
        "not_tried": "not tried",
        "asked": "asked for",
        "delta_cfi": "change of CFI",
        "delta_rmsea": "change of RMSEA",
        "free": "free to differ: {names}",
        "compared": "Compared: {names}",
        "step_said": "{level}: {verdict}, change of CFI {cfi}.",
        "responses": "{title}: answers by {over}, {group}",
        "responses_said": "Share of each answer to each item in per cent. {all}",
        "none": "all together",
        "correlations": "{title}: correlations of the items, {group}",
        "correlations_said": "Product-moment correlations of {n} complete responses, reversed items turned. {all}",
        "pair": "{one} with {other}: {value}.",
        "wave": "wave",
        "language": "language",
        "respondent_group": "respondent group",
        "source": "source",
        "form": "wording (self, observer)",
        "turned": "turned round",
    },
    "da": {
        "path": "{title}: faktorer og deres spørgsmål, {group}",
        "path_said": "Stidiagram med standardiserede ladninger. {all}",
        "loads": "{item} på {factor}: {value}.",
        "correlates": "{one} med {other}: korrelation {value}.",
        "loadings": "{title}: standardiserede ladninger med 95 %-intervaller, {group}",
        "ladder": "{title}: måles der ens på tværs af {over}? {group}",
        "level": "Trin",
        "configural": "Samme faktorer",
        "threshold": "Samme tærskler",
        "metric": "Samme ladninger",
        "scalar": "Samme konstanter",
        "strict": "Samme restvarianser",
        "holds": "holder",
        "fails": "holder ikke",
        "not_tried": "ikke prøvet",
        "asked": "krævet",
        "delta_cfi": "ændring i CFI",
        "delta_rmsea": "ændring i RMSEA",
        "free": "må være forskellige: {names}",
        "compared": "Sammenlignet: {names}",
        "step_said": "{level}: {verdict}, ændring i CFI {cfi}.",
        "responses": "{title}: svar efter {over}, {group}",
        "responses_said": "Andel af hvert svar på hvert spørgsmål i procent. {all}",
        "none": "alle under ét",
        "correlations": "{title}: spørgsmålenes korrelationer, {group}",
        "correlations_said": "Produkt-moment-korrelationer af {n} fulde besvarelser, omvendte spørgsmål vendt. {all}",
        "pair": "{one} med {other}: {value}.",
        "wave": "runde",
        "language": "sprog",
        "respondent_group": "respondentgruppe",
        "source": "kilde",
        "form": "ordlyd (selv, observatør)",
        "turned": "vendt",
    },
}


@dataclass(frozen=True)
class Words:
    """One language, with the titles of a study.

    Attributes:
        language: ``en`` or ``da``.
        titles: Title of every scale, item, respondent group and wave by name.
    """

    language: str
    titles: Mapping[str, str] = field(default_factory=dict[str, str])

    def say(self, key: str, **values: object) -> str:
        """Return a sentence with its placeholders filled, or the key where it is none of ours."""
        return SAID[self.language].get(key, key).format(**values)

    def title(self, name: str) -> str:
        """Return the study's words for a name, or the name."""
        return self.titles.get(name, name)

    def number(self, value: float | None, places: int = 2) -> str:
        """Write a figure; a dash when it is missing."""
        if value is None or pd.isna(value):
            return "–"
        written = f"{round(float(value), places) + 0.0:.{places}f}".replace("-", "\N{MINUS SIGN}")
        return written.replace(".", ",") if self.language == "da" else written
