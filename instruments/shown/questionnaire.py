"""The parts of a shown questionnaire, in one language and in words. No layout, no files."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Option:
    """One answer option.

    Attributes:
        code: The code it is stored as.
        label: Its wording; empty where only the number is shown.
        is_opt_out: Whether it counts as missing.
    """

    code: int
    label: str
    is_opt_out: bool = False


@dataclass(frozen=True)
class Parallel:
    """The same question in another wording.

    Attributes:
        item: Its name.
        wording: Who says it about whom, in words.
        text: The wording.
    """

    item: str
    wording: str
    text: str


@dataclass(frozen=True)
class Question:
    """One item.

    Attributes:
        item: Its name.
        text: The wording.
        answer: How it is answered where there are no options, in words.
        marks: What a researcher should know of it: its scale, reverse-scored, prompted.
        parallels: The same question in other wordings.
    """

    item: str
    text: str
    answer: str = ""
    marks: tuple[str, ...] = ()
    parallels: tuple[Parallel, ...] = ()


@dataclass(frozen=True)
class Grid:
    """Questions one below the other that share their answer options.

    Attributes:
        questions: The questions.
        options: Their options; empty for open questions and numbers.
        text: A question above them, as of a sum that is shared out.
        note: How to answer, in words.
    """

    questions: tuple[Question, ...]
    options: tuple[Option, ...] = ()
    text: str = ""
    note: str = ""


@dataclass(frozen=True)
class Section:
    """Questions of one instrument that stand together, or a page that shows a definition.

    Attributes:
        heading: Heading for researchers: the instrument, or the definition page.
        stem: Text above the items.
        grids: The questions.
        definition: The definition that is shown in place of questions.
        prompting: Whether its questions are answered before the word of the study was shown, where it is so of all.
    """

    heading: str
    stem: str = ""
    grids: tuple[Grid, ...] = ()
    definition: str = ""
    prompting: str = ""


@dataclass(frozen=True)
class ShownScale:
    """How one scale is scored.

    Attributes:
        name: Name of the scale.
        code: Its short name.
        title: Its title.
        definition: What it measures.
        items: Its items, in order.
        reverse_scored: Items that are turned round.
        scoring: How the score is made, in words.
        measurement: Whether reliability applies, in words.
        high_score_means: What a high score says.
        belongs_to: The scales it consists of, or the one it is parallel to, in words.
        status: Validation status of its instrument, in words.
        sources: Where the construct comes from.
    """

    name: str
    code: str
    title: str
    definition: str
    items: tuple[str, ...]
    reverse_scored: tuple[str, ...]
    scoring: str
    measurement: str
    high_score_means: str
    belongs_to: str
    status: str
    sources: tuple["Source", ...] = ()


@dataclass(frozen=True)
class Source:
    """A publication and the words of it that a construct rests on.

    Attributes:
        author: Who wrote it.
        title: Its title.
        quote: A short literal fragment.
        note: What it is the source of.
    """

    author: str
    title: str
    quote: str
    note: str


@dataclass(frozen=True)
class Related:
    """A published scale near the construct, in English as recorded.

    Attributes:
        scale: The scale and how it was checked.
        relation: How it relates.
        licence: Whether and how its items may be used.
    """

    scale: str
    relation: str
    licence: str


@dataclass(frozen=True)
class Fact:
    """Something that a researcher should know.

    Attributes:
        label: What it is about.
        text: What is so.
        language: Language of the text; specifications say some things in English only.
    """

    label: str
    text: str
    language: str


@dataclass(frozen=True)
class Questionnaire:
    """An instrument or a form as people read it.

    Attributes:
        kind: ``instrument`` or ``form``.
        name: Its name.
        language: Language of the wording.
        title: Its title.
        version: Its version.
        status: Validation status in words, with its instruments where they differ.
        introduction: What it is, or what respondents read first.
        facts: What a researcher should know, in order.
        sections: The questions in order.
        scales: The scales that can be scored.
        sources: Where the constructs come from.
        related: Published scales near them.
    """

    kind: str
    name: str
    language: str
    title: str
    version: str
    status: str
    introduction: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    scales: tuple[ShownScale, ...]
    sources: tuple[Source, ...] = field(default=())
    related: tuple[Related, ...] = field(default=())
