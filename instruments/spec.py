"""What an instrument is: its response scales, items and scales. No files, no tables.

The classes are the single description of the YAML of ``library/``; the JSON Schema beside this file is made from them.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from instruments.counted import counted
from instruments.spec_file import Name, Spec, Texts, closest

MissingReason = Literal[
    "not_administered",
    "not_reached",
    "seen_unanswered",
    "dont_know",
    "refused",
    "not_applicable",
    "invalid",
    "technical",
    "redacted",
    "unknown_blank",
]
ItemKind = Literal["choice", "multiple_choice", "number", "date", "code", "open_text"]
ValidationStatus = Literal["draft", "expert_reviewed", "cognitively_interviewed", "piloted", "validated"]
CLOSED_KINDS = ("choice", "multiple_choice")
LARGEST_CODE = 31_999
"""Largest code of an answer option: what a small whole number holds, less room for marks while exports are read."""


def option_column(item: str, code: int) -> str:
    """Return the column of ``core.answers`` that says whether an option of a multiple choice was ticked (1) or not (0).

    ``tools`` and 3 make ``tools_3``, and a negative code such as -1 makes ``tools_minus_1``.
    """
    return f"{item}_{code}" if code >= 0 else f"{item}_minus_{-code}"


class Point(Spec):
    """One answer option of a response scale.

    Attributes:
        label: Wording by language; empty where only the number is shown.
        also: Further spellings that exports use for the same option.
    """

    label: Texts = {}
    also: tuple[str, ...] = ()


class OptOut(Spec):
    """An answer option that is not a point of the scale, such as "don't know".

    Attributes:
        reason: The missing reason it is stored as.
        label: Wording by language.
        also: Further spellings that exports use for it.
    """

    reason: MissingReason
    label: Texts = {}
    also: tuple[str, ...] = ()


class ResponseScale(Spec):
    """The answer options of closed items.

    Attributes:
        points: Code → option, in the order shown.
        opt_outs: Code → option that counts as missing.
        ordered: Whether the codes rank the options; false for nominal answers, which have no mean.
        midpoint: Code of the neutral option; none when there is none.
    """

    points: dict[int, Point] = Field(min_length=2)
    opt_outs: dict[int, OptOut] = {}
    ordered: bool = True
    midpoint: int | None = None

    @model_validator(mode="after")
    def _codes_are_apart(self) -> Self:
        too_large = [code for code in (*self.points, *self.opt_outs) if abs(code) > LARGEST_CODE]
        if too_large:
            raise ValueError(f"code {too_large[0]} is too large; expected codes from -{LARGEST_CODE} to {LARGEST_CODE}")
        shared = sorted(set(self.points) & set(self.opt_outs))
        if shared:
            raise ValueError(f"code {shared[0]} is both a point and an opt-out; give the opt-out another code")
        if self.midpoint is not None and self.midpoint not in self.points:
            raise ValueError(f"the midpoint {self.midpoint} is not among the points")
        return self

    @property
    def lowest(self) -> int:
        """Smallest code of a point."""
        return min(self.points)

    @property
    def highest(self) -> int:
        """Largest code of a point."""
        return max(self.points)


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
    """

    text: Texts = {}
    kind: ItemKind = "choice"
    response_scale: Name | None = None
    least: float | None = None
    most: float | None = None
    is_core: bool = True
    is_required: bool = True
    personal_data: bool = False

    @model_validator(mode="after")
    def _choice_has_a_response_scale(self) -> Self:
        if self.kind in CLOSED_KINDS and self.response_scale is None:
            raise ValueError(
                "a choice needs a response_scale; name one, or set kind to number, date, code or open_text"
            )
        if self.kind not in CLOSED_KINDS and self.response_scale is not None:
            raise ValueError(f"an item of kind {self.kind} has no response_scale; remove it")
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
    """

    title: Texts = {}
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
            raise ValueError(f"reverse_scored names {strangers[0]}, which is not among the items of the scale")
        if self.least_answered > len(self.items):
            raise ValueError(
                f"least_answered is {self.least_answered}, but the scale has {counted(len(self.items), 'item')}"
            )
        if len(set(self.items)) < len(self.items):
            raise ValueError("an item stands twice in the scale; name each once")
        return self


class Instrument(Spec):
    """One questionnaire block: what it is, who answers, its content, its scoring.

    Attributes:
        name: The file's name without ``.yaml``.
        version: Version of the wording.
        title: Title by language.
        definition: What the instrument measures, by language.
        status: How far it has been validated; printed wherever a score is reported.
        evidence: What supports the status.
        citation: Source of the wording.
        licence: Terms under which the wording may be used.
        level: What the answers describe, such as individual or organisation.
        respondent_groups: Codes of the groups whose form has it; empty for all.
        stem: Text above the items, by language.
        response_scales: Response scales by name.
        items: Items by name, in the order shown.
        scales: Scales by name.
    """

    name: Name
    version: str
    title: Texts
    definition: Texts = {}
    status: ValidationStatus = "draft"
    evidence: str = ""
    citation: str = ""
    licence: str = ""
    level: str = "individual"
    respondent_groups: tuple[Name, ...] = ()
    stem: Texts = {}
    response_scales: dict[Name, ResponseScale] = {}
    items: dict[Name, Item] = Field(min_length=1)
    scales: dict[Name, Scale] = {}

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

    def inner_faults(self) -> list[tuple[tuple[str, ...], str]]:
        """Find names used in one part of the instrument that another part does not define.

        Returns:
            Place and message of each fault.
        """
        faults = [
            (
                ("items", name, "response_scale"),
                f"there is no response scale '{item.response_scale}'"
                + closest(item.response_scale, list(self.response_scales)),
            )
            for name, item in self.items.items()
            if item.response_scale is not None and item.response_scale not in self.response_scales
        ]
        faults += [
            (("items", name), f"its option's column would be called {column}, like another item; rename one of them")
            for name in self.items
            if self.items[name].response_scale in self.response_scales
            for column in self.option_columns(name)
            if column in self.items
        ]
        for name, scale in self.scales.items():
            faults += self._faults_of_scale(name, scale)
        return faults

    def _faults_of_scale(self, name: str, scale: Scale) -> list[tuple[tuple[str, ...], str]]:
        unknown = [item for item in scale.items if item not in self.items]
        if unknown:
            return [
                (("scales", name, "items"), f"there is no item '{item}'{closest(item, list(self.items))}")
                for item in unknown
            ]
        used = {self.items[item].response_scale for item in scale.items}
        if any(self.items[item].kind != "choice" for item in scale.items):
            return [(("scales", name, "items"), "every item of a scale must be a choice")]
        if len(used) > 1:
            listed = ", ".join(sorted(map(str, used)))
            return [
                (
                    ("scales", name, "items"),
                    f"the items have different response scales: {listed}; expected one",
                )
            ]
        points = self.response_scales.get(str(used.pop()))
        if points is not None and not points.ordered:
            return [
                (
                    ("scales", name, "items"),
                    "the response scale is not ordered, so its answers have no mean or sum",
                )
            ]
        return []
