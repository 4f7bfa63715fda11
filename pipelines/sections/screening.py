"""Careless and fraudulent responses: what flags a response, and which flagged responses an estimate can leave out.

A flag never deletes. Put here limits with their reasons and the exclusion rules; how a check is computed is in
``models.screening``.
"""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from instruments.counted import counted
from instruments.spec_file import Name, Spec, Texts

CheckName = Literal[
    "longstring",
    "average_string",
    "straight_line",
    "response_variability",
    "mahalanobis",
    "mahalanobis_observed",
    "person_total",
    "even_odd",
    "synonyms",
    "antonyms",
    "page_speed",
    "relative_speed",
    "total_duration",
    "attention_check",
    "fraud_score",
    "identical_answers",
    "repeated_respondent",
]
LimitName = Literal[
    "longstring",
    "average_string",
    "straight_line",
    "response_variability",
    "mahalanobis",
    "mahalanobis_observed",
    "person_total",
    "even_odd",
    "synonyms",
    "antonyms",
    "page_speed",
    "relative_speed",
    "total_duration",
    "identical_answers",
    "synonym_pairs",
    "antonym_pairs",
    "seconds_per_item",
]
RepeatPolicy = Literal["first_complete", "most_complete", "last"]
_NO_LIMIT = "no published limit fits every questionnaire; the value is computed and nobody is flagged"


class Limit(Spec):
    """From which value on a check flags; what the number means and on which side it flags is fixed for each check.

    Attributes:
        limit: The number; nothing (``null``) to compute the value and flag nobody.
        because: Where the number comes from.
    """

    limit: float | None
    because: str = Field(min_length=1)


class AttentionCheck(Spec):
    """An item that tells the respondent what to answer.

    Attributes:
        expected: Codes that follow the instruction.
        because: What the item asks for.
    """

    expected: tuple[int, ...] = Field(min_length=1)
    because: str = ""


class FraudScore(Spec):
    """A column of the export in which the platform itself judges a response; a missing score is not a pass.

    Attributes:
        flag_below: Numbers below this are flagged.
        flag_from: Numbers from this on are flagged.
        flag_texts: Texts that are flagged, in any spelling of capital letters.
        only_if_it_varies: Whether a column that says the same of everybody counts as switched off.
        because: Where the rule comes from.
    """

    flag_below: float | None = None
    flag_from: float | None = None
    flag_texts: tuple[str, ...] = ()
    only_if_it_varies: bool = False
    because: str = Field(min_length=1)

    @model_validator(mode="after")
    def _flags_something(self) -> Self:
        if self.flag_below is None and self.flag_from is None and not self.flag_texts:
            raise ValueError("give flag_below, flag_from or flag_texts")
        return self


class Exclusions(Spec):
    """A rule by which estimates can leave flagged responses out; every estimate is still made with them too.

    A response is left out when every check of ``all_of`` flags it and at least ``fewest_flags`` checks of ``any_of``
    do. A check that could not be computed flags nobody. A check counts once, however many blocks it flags.

    Attributes:
        title: What is left out, by language, as it follows "without" on the dashboard, such as "careless responses".
        all_of: Checks that must all flag.
        any_of: Checks of which some must flag.
        fewest_flags: How many of ``any_of``.
        because: Why such responses are not to be trusted.
        declared_on: Day on which the rule was fixed, at best before the answers were seen.
    """

    title: Texts = {}
    all_of: tuple[CheckName, ...] = ()
    any_of: tuple[CheckName, ...] = ()
    fewest_flags: int = Field(default=1, ge=1)
    because: str = Field(min_length=1)
    declared_on: dt.date

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if not self.all_of and not self.any_of:
            raise ValueError("name the checks in all_of or any_of")
        if self.any_of and self.fewest_flags > len(set(self.any_of)):
            raise ValueError(
                f"fewest_flags is {self.fewest_flags}, but any_of names {counted(len(set(self.any_of)), 'check')}"
            )
        return self

    def checks(self) -> tuple[CheckName, ...]:
        """Return every check that the rule names, once."""
        return tuple(dict.fromkeys((*self.all_of, *self.any_of)))


DEFAULT_LIMITS: Mapping[LimitName, Limit] = MappingProxyType(
    {
        "longstring": Limit(limit=0.5, because="a run of half the block's items (Curran 2016), and of at least six"),
        "average_string": Limit(limit=None, because=_NO_LIMIT),
        "straight_line": Limit(limit=1.0, because="the same answer to every item of the block"),
        "response_variability": Limit(limit=None, because=_NO_LIMIT),
        "mahalanobis": Limit(limit=0.99, because="chi-square quantile that careless::mahad uses"),
        "mahalanobis_observed": Limit(limit=0.99, because="as mahalanobis, over the answered items only"),
        "person_total": Limit(limit=None, because=_NO_LIMIT),
        "even_odd": Limit(limit=-0.30, because="individual reliability below .30 (Jackson 1976, in Johnson 2005)"),
        "synonyms": Limit(limit=None, because=_NO_LIMIT),
        "antonyms": Limit(limit=None, because=_NO_LIMIT),
        "page_speed": Limit(limit=0.5, because="convention of this software: half of the pages too fast to be read"),
        "relative_speed": Limit(limit=2.0, because="twice as fast as the median page by page (Leiner 2019)"),
        "total_duration": Limit(limit=0.5, because="half the median of complete responses; common in the industry"),
        "identical_answers": Limit(limit=0.8, because="the same answer to 80 % of at least 20 items"),
        "synonym_pairs": Limit(limit=0.60, because="Meade and Craig (2012)"),
        "antonym_pairs": Limit(limit=-0.60, because="Meade and Craig (2012)"),
        "seconds_per_item": Limit(limit=2.0, because="Huang et al. (2012); Bowling et al. (2023)"),
    }
)
_NO_LONGER_FILLED = "the field is filled with a default since the service behind it ended"
DEFAULT_FRAUD_SCORES: Mapping[str, FraudScore] = MappingProxyType(
    {
        "Q_RecaptchaScore": FraudScore(flag_below=0.5, because="0 is a bot and 1 a person; below .5 likely a bot"),
        "Q_BallotBoxStuffing": FraudScore(flag_texts=("true", "1"), because="the platform saw the browser before"),
        "Q_DuplicateRespondent": FraudScore(flag_texts=("true", "1"), because="the platform saw the respondent before"),
        "Q_RelevantIDDuplicate": FraudScore(
            flag_texts=("true", "1"), only_if_it_varies=True, because=_NO_LONGER_FILLED
        ),
        "Q_RelevantIDDuplicateScore": FraudScore(flag_from=75, only_if_it_varies=True, because=_NO_LONGER_FILLED),
        "Q_RelevantIDFraudScore": FraudScore(flag_from=30, only_if_it_varies=True, because=_NO_LONGER_FILLED),
    }
)


class Screening(Spec):
    """How responses are screened, and which exclusion rules estimates can follow.

    Attributes:
        blocks: Items by block in the order shown; when empty, every run of neighbouring items of an instrument that
            share an ordered response scale and of which at least one belongs to a scale.
        limits: Limits other than the ones that ship.
        attention_checks: Item → codes that follow its instruction.
        fraud_scores: Column of the export → when it flags; beside the ones that ship.
        pages: Timing column → items on its page, for seconds an item.
        repeated_respondents: Which of several responses of a person in a wave stands; the others are flagged.
        exclusions: Exclusion rules by name; none by default.
    """

    blocks: dict[Name, tuple[Name, ...]] = {}
    limits: dict[LimitName, Limit] = {}
    attention_checks: dict[Name, AttentionCheck] = {}
    fraud_scores: dict[str, FraudScore] = {}
    pages: dict[str, tuple[Name, ...]] = {}
    repeated_respondents: RepeatPolicy = "first_complete"
    exclusions: dict[Name, Exclusions] = {}

    @field_validator("blocks", "pages")
    @classmethod
    def _name_items_once(cls, named: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name, items in named.items():
            if not items or len(set(items)) < len(items):
                raise ValueError(f"'{name}' needs items, each named once")
        return named

    def limit(self, name: LimitName) -> float | None:
        """Return the limit that holds for a check."""
        return self.limits.get(name, DEFAULT_LIMITS[name]).limit

    def every_fraud_score(self) -> dict[str, FraudScore]:
        """Return the rules of all columns with a score, those of the study first."""
        return {**DEFAULT_FRAUD_SCORES, **self.fraud_scores}
