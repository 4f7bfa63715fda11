"""Answers of a wave → mean scores as the pipeline makes them, joined over groups. No estimates."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from instruments.scoring import keyed_items, score_scale
from instruments.spec import Instrument
from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.carelessness import ATTENTIVE
from pipelines.studies.demo.forms_asked import shown_forms
from pipelines.studies.demo.population import Population

LEAST_SEEN = 0.5


@dataclass(frozen=True)
class Wave:
    """What one wave brought: the first of all groups, later ones of frontline staff.

    Attributes:
        population: Organisations and invited persons.
        forms: Answered form by respondent group.
    """

    population: Population
    forms: dict[str, AnsweredForm]
    _codes: dict[tuple[str, bool], pd.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    def codes(self, group: str, *, attentive: bool) -> pd.DataFrame:
        """Return codes of answers, opt-outs as missing, of responses with half of the form seen or more.

        Args:
            group: Code of the respondent group.
            attentive: Whether respondents who were drawn as careless are left out.

        Returns:
            One row a response, one column a closed item; index of ``forms``. Kept for the next call: not to be changed.
        """
        if (group, attentive) not in self._codes:
            self._codes[group, attentive] = self._read_codes(group, attentive=attentive)
        return self._codes[group, attentive]

    def _read_codes(self, group: str, *, attentive: bool) -> pd.DataFrame:
        form = self.forms[group]
        kept = (form.persons["share_seen"] >= LEAST_SEEN).to_numpy(dtype=bool)
        if attentive:
            kept = kept & (form.persons["careless"] == ATTENTIVE).to_numpy(dtype=bool)
        closed = form.answers.select_dtypes(exclude="str").loc[kept]
        return closed.mask(closed < 0)

    def scores(self, group: str, scales: Sequence[str]) -> pd.DataFrame:
        """Score attentive responses.

        Returns:
            One row a response: organisation (from 0) and a column a scale, missing as NaN.
        """
        codes = self.codes(group, attentive=True)
        found = {scale: score_scale(codes, instrument_of(scale), scale).astype(float) for scale in scales}
        organisation = self.forms[group].persons.loc[codes.index, "organisation"]
        return pd.DataFrame({"organisation": organisation, **found})

    def of_organisations(self, name: str) -> pd.Series:
        """Return a true value of the organisations, index the organisation."""
        return pd.Series(self.population.organisations[name], name=name)


def instrument_of(scale: str) -> Instrument:
    """Return the instrument of a scale, as the forms ask it."""
    return next(each for each in shown_forms().instruments.values() if scale in each.scales)


def items_of(codes: pd.DataFrame, scale: str) -> pd.DataFrame:
    """Return the items of a scale, reverse-scored ones turned round."""
    return keyed_items(codes, instrument_of(scale), scale)


def standardised(values: pd.Series) -> pd.Series:
    """Return values of mean 0 and variance 1."""
    return (values - values.mean()) / values.std(ddof=1)


def group_means(scores: pd.DataFrame, scale: str) -> pd.Series:
    """Return the mean of the organisation of each row."""
    return scores.groupby("organisation")[scale].transform("mean")


def joined(scores: pd.DataFrame, of_organisation: pd.Series) -> pd.Series:
    """Return of each row the value of its organisation."""
    return pd.Series(of_organisation.reindex(scores["organisation"]).to_numpy(dtype=np.float64), index=scores.index)
