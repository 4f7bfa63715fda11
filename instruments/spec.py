"""What an instrument is: its response scales, items and scales. No files, no tables.

The classes are the single description of the YAML of ``library/``; the JSON Schema beside this file is made from them.
"""

import math
from collections.abc import Collection
from typing import Literal, Self

from pydantic import Field, model_validator

from instruments.counted import counted
from instruments.sections.provenance import Provenance, RelatedScale
from instruments.sections.response_scale import ResponseScale
from instruments.spec_file import BrokenRuleError, Name, Spec, Texts, Words

ItemKind = Literal["choice", "multiple_choice", "number", "date", "code", "open_text"]
ValidationStatus = Literal["draft", "expert_reviewed", "cognitively_interviewed", "piloted", "validated"]
Wording = Literal["self", "observer", "manager"]
CLOSED_KINDS = ("choice", "multiple_choice")


def option_column(item: str, code: int) -> str:
    """Return the column of ``core.answers`` that says whether an option of a multiple choice was ticked (1) or not (0).

    ``tools`` and 3 make ``tools_3``, and a negative code such as -1 makes ``tools_minus_1``.
    """
    return f"{item}_{code}" if code >= 0 else f"{item}_minus_{-code}"


class Item(Spec):
    """One question shown to a respondent.

    Attributes:
        text: Wording by language.
        kind: ``choice`` (one point of a response scale), ``multiple_choice`` (any number of its points), ``number``,
            ``date``, ``code`` (text from a closed list) or ``open_text``.
        response_scale: Name of the response scale of a choice or multiple choice.
        least: Smallest number allowed.
        most: Largest number allowed.
        is_core: Whether the item belongs to the short form.
        is_required: Whether an export without a column for it blocks the run.
        personal_data: Whether the answer may identify a person.
        prompted: Whether the word that the study is about was shown before; left out, a form tells it from the place.
        wording: ``self``, ``observer`` (staff on their top management) or ``manager`` (a manager on the own staff).
        parallel_to: The item that says the same in the wording ``self``.
        expected_answer: Code that an attentive respondent gives, for an instructed response.
        stands_alone: Whether the item is meant to belong to no scale, though it answers on the response scale of one.
    """

    text: Texts = {}
    kind: ItemKind = "choice"
    response_scale: Name | None = None
    least: float | None = None
    most: float | None = None
    is_core: bool = True
    is_required: bool = True
    personal_data: bool = False
    prompted: bool | None = None
    wording: Wording = "self"
    parallel_to: Name | None = None
    expected_answer: int | None = None
    stands_alone: bool = False

    @model_validator(mode="after")
    def _choice_has_a_response_scale(self) -> Self:
        if self.kind in CLOSED_KINDS and self.response_scale is None:
            raise ValueError(
                "a choice needs a response_scale; name one, or set kind to number, date, code or open_text"
            )
        if self.kind not in CLOSED_KINDS and self.response_scale is not None:
            message = f"an item of kind {self.kind} has no response_scale; remove it"
            raise BrokenRuleError(message, "response_scale")
        return self


class Scale(Spec):
    """Items that measure one construct together, and how they are scored.

    Attributes:
        title: Name of the construct by language.
        items: Item names in the order shown.
        reverse_scored: Items for which agreement means less of the construct.
        score: ``mean`` or ``sum`` of the answered items, reverse-scored items turned round.
        least_answered: Fewest answered items for which there is a score.
        high_score_means: What a high score says, by language.
        measurement: ``reflective`` (alpha applies) or ``formative`` (an index, no alpha).
        code: Short name in publications, such as IW.fa.
        definition: What is measured, by language.
        provenance: Where the construct comes from.
        dimensions: The scales that a scale of second order consists of; its items are theirs.
        parallel_to: The scale that measures the same in the wording ``self``.
    """

    title: Texts = {}
    code: str = ""
    definition: Texts = {}
    provenance: tuple[Provenance, ...] = ()
    dimensions: tuple[Name, ...] = ()
    parallel_to: Name | None = None
    items: tuple[Name, ...] = Field(min_length=1)
    reverse_scored: tuple[Name, ...] = ()
    score: Literal["mean", "sum"] = "mean"
    least_answered: int = Field(ge=1)
    high_score_means: Texts = {}
    measurement: Literal["reflective", "formative"] = "reflective"

    @model_validator(mode="after")
    def _fits_its_items(self) -> Self:
        strangers = [item for item in self.reverse_scored if item not in self.items]
        if strangers:
            message = f"reverse_scored names {strangers[0]}, which is not among the items of the scale"
            raise BrokenRuleError(f"{message}; add it to the items, or take it out", "reverse_scored")
        if self.least_answered > len(self.items):
            message = f"least_answered is {self.least_answered}, but the scale has {counted(len(self.items), 'item')}"
            raise BrokenRuleError(f"{message}; lower it, or add items", "least_answered")
        if len(set(self.items)) < len(self.items):
            raise BrokenRuleError("an item stands twice in the scale; name each once", "items")
        return self

    def asking(self, items: Collection[str]) -> "Scale | None":
        """Return the scale with only some of its items; None when fewer than two of several are left.

        The share of items that must be answered stays. A scale of second order of which every dimension has at most
        one item left is an index: no reliability can be told from it.
        """
        kept = tuple(item for item in self.items if item in items)
        if len(kept) == len(self.items):
            return self
        if len(kept) < 2:  # noqa: PLR2004 - one item is no scale
            return None
        is_index = bool(self.dimensions) and len(kept) <= len(self.dimensions)
        return self.model_copy(
            update={
                "items": kept,
                "reverse_scored": tuple(item for item in self.reverse_scored if item in kept),
                "least_answered": math.ceil(len(kept) * self.least_answered / len(self.items)),
                "measurement": "formative" if is_index else self.measurement,
            }
        )


class ConstantSum(Spec):
    """Numbers among which a respondent shares out a total, such as 100 points.

    Attributes:
        text: The question, by language.
        items: The parts.
        total: What they add up to.
    """

    text: Texts = {}
    items: tuple[Name, ...] = Field(min_length=2)
    total: int = 100


class Instrument(Spec):
    """One questionnaire block: what it is, who answers, its content, its scoring.

    Attributes:
        name: The file's name without ``.yaml``.
        version: Version of the wording.
        title: Title by language.
        definition: What the instrument measures, by language.
        status: How far it has been validated; printed wherever a score is reported.
        evidence: What supports the status, by language or in words for every language.
        citation: Source of the wording.
        licence: Terms under which the wording may be used.
        level: What the answers describe, such as individual or organisation.
        respondent_groups: Codes of the groups whose form has it; empty for all.
        stem: Text above the items, by language.
        response_scales: Response scales by name.
        items: Items by name, in the order shown.
        scales: Scales by name.
        code: Short name in publications, such as IW.
        referent: Whom or what the answers are about.
        window: The time they are about.
        structure: How the scales hang together, in words.
        provenance: Where the construct comes from.
        related_scales: Published scales of the same or a near construct, with their licence.
        constant_sums: Questions of which the parts add up to a total.
    """

    name: Name
    code: str = ""
    referent: str = ""
    window: str = ""
    structure: str = ""
    provenance: tuple[Provenance, ...] = ()
    related_scales: tuple[RelatedScale, ...] = ()
    constant_sums: dict[Name, ConstantSum] = {}
    version: str
    title: Texts
    definition: Texts = {}
    status: ValidationStatus = "draft"
    evidence: Words = {}
    citation: str = ""
    licence: str = ""
    level: str = "individual"
    respondent_groups: tuple[Name, ...] = ()
    stem: Texts = {}
    response_scales: dict[Name, ResponseScale] = {}
    items: dict[Name, Item] = Field(min_length=1)
    scales: dict[Name, Scale] = {}

    @model_validator(mode="after")
    def _status_rests_on_evidence(self) -> Self:
        if self.status != "draft" and not any(each.strip() for each in self.evidence.values()):
            message = f"the status is {self.status}, but there is no evidence; say what supports it"
            raise BrokenRuleError(message, "status")
        return self

    def response_scale_of(self, item: str) -> ResponseScale | None:
        """Return the response scale of an item, or None for an item without one."""
        name = self.items[item].response_scale
        return None if name is None else self.response_scales[name]

    def option_columns(self, item: str) -> dict[str, int]:
        """Return the columns of a multiple choice with the code of the point each stands for; none for other items."""
        scale = self.response_scale_of(item)
        if scale is None or self.items[item].kind != "multiple_choice":
            return {}
        return {option_column(item, code): code for code in scale.points}

    def points_of(self, scale: str) -> ResponseScale:
        """Return the response scale that all items of a scale share."""
        shared = self.response_scale_of(self.scales[scale].items[0])
        if shared is None:
            raise ValueError(f"the items of {scale} have no response scale")
        return shared

    def asking(self, items: Collection[str]) -> "Instrument":
        """Return the instrument with only some of its items, and the scales that are still scales."""
        scales = {name: kept for name, scale in self.scales.items() if (kept := scale.asking(items)) is not None}
        return self.model_copy(
            update={
                "items": {name: item for name, item in self.items.items() if name in items},
                "scales": {
                    name: scale.model_copy(
                        update={"dimensions": tuple(each for each in scale.dimensions if each in scales)}
                    )
                    for name, scale in scales.items()
                },
                "constant_sums": {
                    name: each for name, each in self.constant_sums.items() if set(each.items) <= set(items)
                },
            }
        )
