"""Where a construct comes from and which published scales are near it. No questions."""

from typing import Self

from pydantic import model_validator

from instruments.spec_file import Spec

MOST_WORDS_OF_A_QUOTE = 15


class Provenance(Spec):
    """A publication, and the words of it that a construct rests on.

    Attributes:
        author: Who wrote it.
        title: Title of the publication; empty where none was consulted.
        quote: A literal fragment of under 15 words.
        note: What it is the source of, in our own words.
    """

    author: str
    title: str = ""
    quote: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _quote_is_short(self) -> Self:
        n_words = len(self.quote.split())
        if n_words >= MOST_WORDS_OF_A_QUOTE:
            raise ValueError(f"the quote has {n_words} words; quote fewer than {MOST_WORDS_OF_A_QUOTE}")
        return self


class RelatedScale(Spec):
    """A published scale near a construct.

    Attributes:
        scale: Author, year, what it measures, and how that was checked.
        relation: How it relates: convergent, discriminant, content frame.
        licence: Whether and how its items may be used.
    """

    scale: str
    relation: str = ""
    licence: str = ""
