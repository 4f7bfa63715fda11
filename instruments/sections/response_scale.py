"""Response scales: the answer options of closed items, and those that stand for no answer. No questions."""

from typing import Literal, Self

from pydantic import Field, model_validator

from instruments.spec_file import BrokenRuleError, Spec, Texts

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
LARGEST_CODE = 31_999
"""Largest code of an answer option: what a small whole number holds, less room for marks while exports are read."""


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
        for part, code in (
            *(("points", each) for each in self.points),
            *(("opt_outs", each) for each in self.opt_outs),
        ):
            if abs(code) > LARGEST_CODE:
                message = f"code {code} is too large; expected codes from -{LARGEST_CODE} to {LARGEST_CODE}"
                raise BrokenRuleError(message, part, code)
        for code in sorted(set(self.points) & set(self.opt_outs)):
            message = f"code {code} is both a point and an opt-out; give the opt-out another code"
            raise BrokenRuleError(message, "opt_outs", code)
        if self.midpoint is not None and self.midpoint not in self.points:
            raise BrokenRuleError(
                f"the midpoint {self.midpoint} is none of the points; name the code of one", "midpoint"
            )
        return self

    @property
    def lowest(self) -> int:
        """Smallest code of a point."""
        return min(self.points)

    @property
    def highest(self) -> int:
        """Largest code of a point."""
        return max(self.points)
