"""What a hypothesis still waits for: parts whose estimator does not exist yet, written down so that none is forgotten.

Put here what such a file says; models that can be estimated are in ``spec``.
"""

from typing import Literal

from pydantic import Field

from instruments.spec_file import Name, Spec, Texts, Words

Need = Literal["latent_surface",]
NEEDS: dict[Need, str] = {
    "latent_surface": "a response surface, or a difference, of latent reports (path models)",
}


class WaitingPart(Spec):
    """One part of a hypothesis that cannot be estimated yet.

    Attributes:
        estimand: What is to be known; plain words, or words by language.
        needs: The estimators it waits for.
        outcomes: Codes of what is explained.
        predictors: Code of a predictor → expected sign, as the hypothesis words it.
    """

    estimand: Words
    needs: tuple[Need, ...] = Field(min_length=1)
    outcomes: tuple[str, ...] = ()
    predictors: dict[str, str] = {}


class WaitingSpec(Spec):
    """Parts of a hypothesis that wait for an estimator.

    Attributes:
        name: The file's name without ``.yaml``.
        kind: ``waiting``.
        code: Short name of the hypothesis in publications, such as H1.
        title: Title by language.
        hypothesis: What is expected and why; plain words, or words by language.
        refs: Codes of the scales, items and codes that the parts need.
        parts: The parts.
    """

    name: Name
    kind: Literal["waiting"]
    code: str
    title: Texts
    hypothesis: Words = {}
    refs: tuple[str, ...] = ()
    parts: tuple[WaitingPart, ...] = Field(min_length=1)

    def needs(self) -> tuple[Need, ...]:
        """Return the estimators that the parts wait for, each once."""
        return tuple(dict.fromkeys(need for part in self.parts for need in part.needs))
