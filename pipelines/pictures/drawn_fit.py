"""A recorded fit as drawings need it: its rows, words and the responses behind it."""

import re
from dataclasses import dataclass

import pandas as pd

from models.regression.columns import EARLIER, OTHER_MEMBER
from models.regression.design import Design
from models.spec import RegressionSpec
from pipelines.pictures.words import Words
from pipelines.steps.term_labels import path_label

PART = re.compile(r"^(?P<name>\w+?)(?:\^(?P<power>\d)|\[spline (?P<bend>\d)\]|\[(?P<category>.*)\])?$")
KEPT_FOR_ALL = ("wave", "language", "respondent_group", "source")
USE = re.compile(r"^(?P<scale>\w+?)_(?P<use>organisation_mean|within_organisation)(?:_of_(?P<of>\w+))?$")


@dataclass(frozen=True, eq=False)
class DrawnFit:
    """One fit.

    Attributes:
        fit_id: Its id.
        spec: The model, variant applied.
        title: Its title, with that of its variant.
        label: ``confirmatory`` or ``exploratory``.
        covariance: As the fit names it.
        n_obs: Responses used.
        n_clusters: Clusters; None without.
        estimates, readings, slopes, slope_regions, curves, surface: Its rows of the tables of ``out``.
        design: What was fitted.
    """

    fit_id: str
    spec: RegressionSpec
    title: str
    label: str
    covariance: str
    n_obs: int
    n_clusters: int | None
    estimates: pd.DataFrame
    readings: pd.DataFrame
    slopes: pd.DataFrame
    slope_regions: pd.DataFrame
    curves: pd.DataFrame
    surface: pd.DataFrame
    design: Design

    @property
    def data(self) -> pd.DataFrame:
        """The rows used, with the columns that the model reads."""
        return self.design.rows

    def level(self, words: Words) -> str:
        """Return the confidence level in per cent."""
        return words.number(100 * self.spec.confidence_level, 0)

    def outcome(self, words: Words) -> str:
        """Return the words for the outcome."""
        return words.title(self.spec.outcome)

    def named(self, words: Words) -> str:
        """Return the fit in a line: title, label, size, covariance."""
        clusters = words.say("in_clusters", n=words.count(self.n_clusters)) if self.n_clusters else ""
        return words.say(
            "fit_named",
            title=self.title,
            label=words.say(self.label),
            n=words.count(self.n_obs),
            clusters=clusters,
            covariance=self.covariance,
        )


def term_in_words(term: str, words: Words) -> str:
    """Return the words for a term: parts joined by a cross, each with use, category, power or bend; paths by arrows."""
    return path_label(term, words.language, lambda regressor: _joined(regressor, words)) or _joined(term, words)


def _joined(term: str, words: Words) -> str:
    return " \N{MULTIPLICATION SIGN} ".join(_part_in_words(part, words) for part in term.split(" x "))


def _part_in_words(part: str, words: Words) -> str:
    found = PART.match(part)
    if found is None:
        return part
    title = variable_in_words(found["name"], words)
    if found["power"]:
        return words.say("power_of", title=title, power=found["power"])
    if found["bend"]:
        return words.say("spline_part", title=title, place=found["bend"])
    if found["category"] is not None:
        category = words.titles.get(part, words.title(found["category"]))
        key = "category_of_question" if title.endswith("?") else "category_of"
        return words.say(key, title=title, category=category)
    return title


def variable_in_words(column: str, words: Words) -> str:
    """Return the words for a column of the analysis table."""
    if column.endswith(EARLIER) and column not in words.titles:
        return words.say("earlier_wave", title=variable_in_words(column.removesuffix(EARLIER), words))
    if column.endswith(OTHER_MEMBER) and column not in words.titles:
        return words.say("other_member", title=variable_in_words(column.removesuffix(OTHER_MEMBER), words))
    use = USE.match(column)
    if column in words.titles:
        return words.title(column)
    if use is None:
        return words.say(column).capitalize() if column in KEPT_FOR_ALL else column
    title = words.title(use["scale"])
    if use["of"]:
        return words.say("organisation_mean_of", title=title, group=words.title(use["of"]))
    return words.say(use["use"], title=title)
