"""What drawings say, in English and Danish, and numbers as each writes them; regressions have words of their own."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipelines.pictures import regression_words

OF_MEASUREMENT: Mapping[str, Mapping[str, str]] = {
    "en": {
        "path": "{title}: factors and their items, {group}",
        "fit": "n = {n}; CFI {cfi}, RMSEA {rmsea}, SRMR {srmr}{robust}",
        "robust": " (CFI and RMSEA robust)",
        "standardised": "Standardised loading",
        "turned_item": "{item} (turned round)",
        "path_said": "Path diagram with standardised loadings. {all}",
        "loads": "{item} on {factor}: {value}.",
        "correlates": "{one} with {other}: correlation {value}.",
        "shares": "{one} with {other}: correlation of residuals {value}.",
        "loadings": "{title}: standardised loadings with 95% intervals, {group}",
        "ladder": "{title}: is it measured alike across {over}?{group}",
        "across_wave": "waves",
        "across_language": "languages",
        "across_respondent_group": "respondent groups",
        "across_source": "sources",
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
        "at_least": "at least {value}",
        "at_most": "at most {value}",
        "delta_rmsea": "change of RMSEA",
        "free": "free to differ: {names}",
        "compared": "Compared: {names}; at least {n} responses each",
        "step_said": "{level}: {verdict}, change of CFI {cfi}.",
        "responses": "{title}: answers by {over}, {group}",
        "answers": "{title}: answers by respondent group and wave",
        "answers_note": "Share of each answer in per cent, items as they were asked; n: answers to the item",
        "group_of_wave": "{group}, {wave}",
        "responses_said": "Share of each answer to each item in per cent. {all}",
        "correlations": "{title}: correlations of the items, {group}",
        "correlations_note": "Product-moment correlations of {n} complete responses",
        "framed": "; negative ones are framed",
        "correlations_said": "Product-moment correlations of {n} complete responses, reversed items turned. {all}",
        "pair": "{one} with {other}: {value}.",
        "wave": "wave",
        "language": "language",
        "respondent_group": "respondent group",
        "source": "source",
        "form": "wording (self, observer)",
    },
    "da": {
        "path": "{title}: faktorer og deres spørgsmål, {group}",
        "fit": "n = {n}; CFI {cfi}, RMSEA {rmsea}, SRMR {srmr}{robust}",
        "robust": " (CFI og RMSEA robuste)",
        "standardised": "Standardiseret ladning",
        "turned_item": "{item} (vendt)",
        "path_said": "Stidiagram med standardiserede ladninger. {all}",
        "loads": "{item} på {factor}: {value}.",
        "correlates": "{one} med {other}: korrelation {value}.",
        "shares": "{one} med {other}: korrelation af rester {value}.",
        "loadings": "{title}: standardiserede ladninger med 95\N{NO-BREAK SPACE}%-intervaller, {group}",
        "ladder": "{title}: måles der ens på tværs af {over}?{group}",
        "across_wave": "runder",
        "across_language": "sprog",
        "across_respondent_group": "respondentgrupper",
        "across_source": "kilder",
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
        "at_least": "mindst {value}",
        "at_most": "højst {value}",
        "delta_rmsea": "ændring i RMSEA",
        "free": "må være forskellige: {names}",
        "compared": "Sammenlignet: {names}; mindst {n} svar i hver",
        "step_said": "{level}: {verdict}, ændring i CFI {cfi}.",
        "responses": "{title}: svar efter {over}, {group}",
        "answers": "{title}: svar efter respondentgruppe og runde",
        "answers_note": "Andel af hvert svar i procent, spørgsmål som de blev stillet; n: svar på spørgsmålet",
        "group_of_wave": "{group}, {wave}",
        "responses_said": "Andel af hvert svar på hvert spørgsmål i procent. {all}",
        "correlations": "{title}: spørgsmålenes korrelationer, {group}",
        "correlations_note": "Produkt-moment-korrelationer af {n} fulde besvarelser",
        "framed": "; negative har en ramme",
        "correlations_said": "Produkt-moment-korrelationer af {n} fulde besvarelser, omvendte spørgsmål vendt. {all}",
        "pair": "{one} med {other}: {value}.",
        "wave": "runde",
        "language": "sprog",
        "respondent_group": "respondentgruppe",
        "source": "kilde",
        "form": "ordlyd (selv, observatør)",
    },
}

SAID: Mapping[str, Mapping[str, str]] = {
    language: {**said, **regression_words.SAID[language]} for language, said in OF_MEASUREMENT.items()
}

LANGUAGE_NAMES: Mapping[str, Mapping[str, str]] = {
    "en": {"da": "Danish", "de": "German", "en": "English", "nb": "Norwegian", "nl": "Dutch", "sv": "Swedish"},
    "da": {"da": "Dansk", "de": "Tysk", "en": "Engelsk", "nb": "Norsk", "nl": "Nederlandsk", "sv": "Svensk"},
}


@dataclass(frozen=True)
class Words:
    """One language, with the titles of a study.

    Attributes:
        language: ``en`` or ``da``.
        titles: Title of every scale, item, respondent group and wave by name.
        turned: Reverse-scored items.
    """

    language: str
    titles: Mapping[str, str] = field(default_factory=dict[str, str])
    turned: frozenset[str] = frozenset()

    def say(self, key: str, **values: object) -> str:
        """Return a sentence with its placeholders filled, or the key where it is none of ours."""
        return SAID[self.language].get(key, key).format(**values)

    def title(self, name: str) -> str:
        """Return the study's words for a name, or the name."""
        return self.titles.get(name, name)

    def item(self, name: str) -> str:
        """Return the name and the words of an item, as it was asked."""
        return f"{name} {self.title(name)}" if name in self.titles else name

    def keyed_item(self, name: str) -> str:
        """Return the name and the words of an item, and whether its answers are turned round."""
        return self.say("turned_item", item=self.item(name)) if name in self.turned else self.item(name)

    def across(self, over: str) -> str:
        """Return what is compared, in the plural; the name of a category is its own."""
        return SAID[self.language].get(f"across_{over}", self.title(over))

    def number(self, value: float | None, places: int = 2) -> str:
        """Write a figure; a dash when it is missing."""
        if value is None or pd.isna(value):
            return "–"
        if math.isinf(value):
            return "\N{INFINITY}" if value > 0 else "\N{MINUS SIGN}\N{INFINITY}"
        written = f"{round(float(value), places) + 0.0:.{places}f}".replace("-", "\N{MINUS SIGN}")
        return written.replace(".", ",") if self.language == "da" else written

    def count(self, n: float) -> str:
        """Write a whole number with its thousands set apart."""
        return f"{int(n):,}".replace(",", ".") if self.language == "da" else f"{int(n):,}"
