"""What the files of ``library/seeds`` and ``library/glossary`` say: seeds, software features, terms. No data."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from instruments.spec_file import Name, Spec, Texts

Source = Literal["Karp", "Schlappa & Imani", "Larsen & Madsen", "Docherty"]
SeedId = Annotated[str, StringConstraints(pattern=r"^[KSLD]\d{3}$")]
Kind = Literal[
    "concept",
    "term",
    "definition",
    "claim",
    "finding",
    "conclusion",
    "limit",
    "future",
    "gap",
    "question",
    "process",
    "step",
    "principle",
    "consideration",
    "sub",
    "gap1",
    "gap2",
    "gap3",
    "actor",
    "dyad",
    "level",
    "sector",
    "scope",
    "context",
    "history",
    "policy",
    "programme",
    "barrier",
    "condition",
    "driver",
    "problem",
    "resource",
    "skill",
    "frame",
    "perspective",
    "philosophy",
    "contrast",
    "outcome",
    "design",
    "sample",
    "method",
    "tool",
    "theme",
    "figure",
    "case",
    "model",
    "funding",
]
MOST_WORDS_OF_A_QUOTE = 14


def _refuse_long(quote: str) -> None:
    if len(quote.split()) > MOST_WORDS_OF_A_QUOTE:
        raise ValueError(f"a quote has at most {MOST_WORDS_OF_A_QUOTE} words; found {len(quote.split())}; shorten it")


class Homes(Spec):
    """Where a seed lives in the software; every name is that of a thing that works.

    Attributes:
        scales: Codes of scales or of whole instruments, such as IW.fa or IW.
        items: Items, among them background, register and archival variables.
        reverse_scored: Items that carry the seed by being reverse-scored.
        options: Item → codes of its response scale.
        open_questions: Open questions.
        hypotheses: Hypotheses, such as H7.
        variants: Variants of models of the library, such as ``model/variant``.
        codes: Names of codes of the coding scheme.
        code_families: Families of codes.
        forms: Forms of the library: who is asked.
        tables: Tables of the warehouse.
        features: Software features, as ``features.yaml`` names them.
        glossary: Terms of the glossary.
        documentation: Pages with their anchor, such as ``docs/explanation/page.md#point``.
    """

    scales: tuple[str, ...] = ()
    items: tuple[Name, ...] = ()
    reverse_scored: tuple[Name, ...] = ()
    options: dict[Name, tuple[int, ...]] = {}
    open_questions: tuple[Name, ...] = ()
    hypotheses: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    code_families: tuple[str, ...] = ()
    forms: tuple[Name, ...] = ()
    tables: tuple[str, ...] = ()
    features: tuple[Name, ...] = ()
    glossary: tuple[Name, ...] = ()
    documentation: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not any(getattr(self, kind) for kind in type(self).model_fields):
            raise ValueError("the seed has no home; name the scale, item, hypothesis, code or feature that carries it")
        return self


class Seed(Spec):
    """One concept, claim, step or finding of a publication.

    Attributes:
        source: The publication.
        kind: What it is.
        what: The content in plain words.
        quote: A literal fragment of under 15 words; empty where the publication is paraphrased.
        paraphrase: The content in other words, in place of a quote.
        homes: Where it lives in the software.
        note: How it lives there, where the names do not say it.
    """

    source: Source
    kind: Kind
    what: str
    quote: str = ""
    paraphrase: str = ""
    homes: Homes
    note: str = ""

    @model_validator(mode="after")
    def _is_quoted_or_paraphrased(self) -> Self:
        if bool(self.quote) == bool(self.paraphrase):
            raise ValueError("give a quote or a paraphrase, and only one of them")
        _refuse_long(self.quote)
        return self


class Seeds(Spec):
    """The file of the seeds.

    Attributes:
        version: Version of the table.
        seeds: Seeds by their id.
    """

    version: str
    seeds: dict[SeedId, Seed] = Field(min_length=1)


class Feature(Spec):
    """Something the software does for seeds beyond scales, codes and hypotheses.

    Attributes:
        title: Name of the feature.
        does: What it does, in one sentence.
        lives_in: Modules, tables, commands or keys, each with its kind, such as ``table core.dyads``.
        test: The behavioural test, as ``file::test``; empty for what is not built.
        awaits: What it waits for, where it is not built.
    """

    title: str
    does: str
    lives_in: tuple[str, ...] = ()
    test: str = ""
    awaits: str = ""

    @model_validator(mode="after")
    def _is_built_or_awaited(self) -> Self:
        if bool(self.awaits) == bool(self.lives_in and self.test):
            raise ValueError("name where the feature lives and its test, or what it awaits")
        return self


class Features(Spec):
    """The file of the software features.

    Attributes:
        features: Features by name.
    """

    features: dict[Name, Feature] = Field(min_length=1)


class Definition(Spec):
    """What one author means by a term.

    Attributes:
        author: Who defines it.
        source: The publication that gives the definition, where the author is another.
        quote: A literal fragment of under 15 words, or empty.
        paraphrase: The definition in other words.
        seeds: The rows of the seed table.
    """

    author: str
    source: Source
    quote: str = ""
    paraphrase: str = ""
    seeds: tuple[SeedId, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.quote and not self.paraphrase:
            raise ValueError("give a quote or a paraphrase")
        _refuse_long(self.quote)
        return self


class Term(Spec):
    """A term with every definition that the publications give.

    Attributes:
        title: The term by language.
        definitions: Definitions side by side; more than one where authors differ.
        clash: How the definitions differ; needed where there is more than one.
        used_as: What this project measures under the term, by code of a scale or in words.
    """

    title: Texts = Field(min_length=1)
    definitions: tuple[Definition, ...] = Field(min_length=1)
    clash: str = ""
    used_as: str = ""

    @model_validator(mode="after")
    def _says_how_definitions_differ(self) -> Self:
        if bool(self.clash) != (len(self.definitions) > 1):
            raise ValueError("say in clash how the definitions differ, where there are several and only there")
        return self


class Glossary(Spec):
    """The file of the terms.

    Attributes:
        terms: Terms by name.
    """

    terms: dict[Name, Term] = Field(min_length=1)
