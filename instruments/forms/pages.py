"""A form → what respondents meet page by page, in every language: grids, single questions, sums, texts to read.

What all files for survey platforms share; how one platform writes a page is in the module of that platform.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from typing import Literal

from instruments.faults import UsageError
from instruments.forms.asked import items_of
from instruments.forms.load import library_labels
from instruments.forms.refusal import FormFault, refuse
from instruments.forms.spec import Form, Section
from instruments.sections.response_scale import ResponseScale
from instruments.spec import ConstantSum, Instrument, Item
from instruments.spec_file import ANY_LANGUAGE, Texts, closest
from instruments.strict_yaml import Place
from instruments.wording import fill_slots, slots_in, with_labels

BlockKind = Literal["grid", "sum", "choice", "multiple_choice", "number", "date", "code", "open_text"]


@dataclass(frozen=True)
class AnswerOption:
    """One answer option.

    Attributes:
        code: The code that it is stored as.
        label: Its wording by language; the code where only the number is shown.
        place: Keys that lead to it in the file of its instrument.
    """

    code: int
    label: Texts
    place: Place


@dataclass(frozen=True)
class Block:
    """Questions that are asked as one.

    Attributes:
        kind: ``grid`` (choices on one response scale below a stem), ``sum`` (numbers that add up to a total), or the
            kind of a single item.
        items: The items by name, in the order shown; one unless the kind is ``grid`` or ``sum``.
        text: What stands above a grid or a sum; empty for a single question, whose wording is its item's.
        scale: Name of the response scale with its instrument before it; empty without one.
        options: Answer options in the order shown, those that stand for no answer last.
        total: What the parts of a sum add up to; 0 otherwise.
        text_place: Keys that lead to ``text`` in the file of the instrument.
    """

    kind: BlockKind
    items: Mapping[str, Item]
    text: Texts
    scale: str = ""
    options: tuple[AnswerOption, ...] = ()
    total: int = 0
    text_place: Place = ()

    @property
    def name(self) -> str:
        """Name of the only item of a single question."""
        return next(iter(self.items))

    @property
    def item(self) -> Item:
        """The only item of a single question."""
        return self.items[self.name]


@dataclass(frozen=True)
class Page:
    """One section of a form.

    Attributes:
        number: From 1.
        title: Heading by language; empty by default.
        text: What is read before the questions, where they do not begin with a grid that has it as its stem; or the
            definition that is shown in place of any.
        blocks: The questions.
        text_place: Keys that lead to ``text`` in the file of the instrument; empty where it is none's.
    """

    number: int
    title: Texts
    text: Texts
    blocks: tuple[Block, ...]
    text_place: Place = ()


@dataclass(frozen=True)
class Shown:
    """One text of a form.

    Attributes:
        section: Number of the section from 1; 0 when it is none's.
        what: What it is, such as the name of the item.
        texts: The text by language.
        within: Keys that lead to it in the file of the section's instrument; empty when it is the form's.
        key: The form's key that holds it when it lies in no section.
    """

    section: int
    what: str
    texts: Texts
    within: Place = ()
    key: str = ""

    def fault(self, message: str) -> FormFault:
        """Say what is wrong with it."""
        return FormFault(self.section, f"{self.what}: {message}", key=self.key, within=self.within)


def pages_of(form: Form, instruments: Mapping[str, Instrument], labels: Mapping[str, Texts]) -> tuple[Page, ...]:
    """Arrange a form page by page.

    Args:
        form: The form, free of faults.
        instruments: Instruments by name.
        labels: Slot → label by language.

    Raises:
        UsageError: When a text lacks one of the form's languages, two options of a question read the same, a slot has
            no label, or the parts of a sum are asked apart.
    """
    pages = tuple(_page(number, each, instruments, labels) for number, each in enumerate(form.sections, start=1))
    faults = [
        each.fault(message)
        for each in shown_texts(form, pages)
        for message in _faults_of(each.texts, form.languages, list(labels))
    ]
    refuse(form, [*faults, *_options_that_read_the_same(form, pages)])
    return pages


def shown_texts(form: Form, pages: Sequence[Page]) -> Iterator[Shown]:
    """Yield every text of a form that is not empty, with its place."""
    every = [
        Shown(0, key, texts, key=key) for key, texts in (("title", form.title), ("introduction", form.introduction))
    ]
    for page in pages:
        every += [Shown(page.number, "heading", page.title), Shown(page.number, "text", page.text, page.text_place)]
        for block in page.blocks:
            every.append(Shown(page.number, f"above {block.name}", block.text, block.text_place))
            every += [Shown(page.number, name, item.text, ("items", name)) for name, item in block.items.items()]
            named = [(f"option {each.code} of {block.scale}", each) for each in block.options]
            every += [Shown(page.number, what, each.label, each.place) for what, each in named]
    yield from (each for each in every if each.texts)


def said(texts: Texts, language: str) -> str:
    """Return a text in a language, else the one that stands for every language; empty where there is neither."""
    return texts.get(language) or texts.get(ANY_LANGUAGE, "")


def sum_name(block: Block) -> str:
    """Return the name of a sum: what the names of its parts have in common, such as ``STR_cs_lead``."""
    parts = [name.split("_") for name in block.items]
    shared = [words[0] for words in zip(*parts, strict=False) if len(set(words)) == 1]
    return "_".join(shared) or block.name


def _page(number: int, section: Section, instruments: Mapping[str, Instrument], labels: Mapping[str, Texts]) -> Page:
    if section.instrument is None:
        text = library_labels()[str(section.definition)].shown_definition
        return Page(number, section.title, fill_slots(text, labels), ())
    instrument = with_labels(instruments[section.instrument], labels)
    blocks = tuple(_blocks(instrument, items_of(section, instruments[section.instrument]), labels))
    is_above_a_grid = bool(blocks) and blocks[0].kind == "grid"
    return Page(number, section.title, {} if is_above_a_grid else instrument.stem, blocks, ("stem",))


def _blocks(instrument: Instrument, items: Sequence[str], labels: Mapping[str, Texts]) -> Iterator[Block]:
    sum_of = {item: name for name, each in instrument.constant_sums.items() for item in each.items}

    def what_is_shared(item: str) -> tuple[str, str]:
        each = instrument.items[item]
        if item in sum_of:
            return "sum", sum_of[item]
        is_row = each.kind == "choice" and bool(instrument.stem)
        return ("grid", str(each.response_scale)) if is_row else ("single", item)

    for (kind, shared), group in groupby(items, what_is_shared):
        names = list(group)
        if kind == "sum":
            yield _sum(instrument, shared, instrument.constant_sums[shared], names, labels)
        else:
            yield _question(instrument, names, is_grid=kind == "grid")


def _sum(
    instrument: Instrument, name: str, total: ConstantSum, items: Sequence[str], labels: Mapping[str, Texts]
) -> Block:
    if sorted(items) != sorted(total.items):
        raise UsageError(
            f"{instrument.name}: the parts of {name} add up to {total.total} and are asked apart or not all; ask "
            f"{', '.join(total.items)} one after the other"
        )
    return Block(
        kind="sum",
        items={item: instrument.items[item] for item in items},
        text=fill_slots(total.text, labels),
        total=total.total,
        text_place=("constant_sums", name, "text"),
    )


def _question(instrument: Instrument, names: Sequence[str], *, is_grid: bool) -> Block:
    scale = instrument.response_scale_of(names[0])
    own_name = instrument.items[names[0]].response_scale
    return Block(
        kind="grid" if is_grid else instrument.items[names[0]].kind,
        items={name: instrument.items[name] for name in names},
        text=instrument.stem if is_grid else {},
        scale=f"{instrument.name}_{own_name}" if scale else "",
        options=tuple(_options(str(own_name), scale)) if scale else (),
        text_place=("stem",),
    )


def _options(name: str, scale: ResponseScale) -> Iterator[AnswerOption]:
    for part, options in (("points", scale.points), ("opt_outs", scale.opt_outs)):
        for code, each in options.items():
            place = ("response_scales", name, part, code)
            yield AnswerOption(code, each.label or {ANY_LANGUAGE: str(code)}, place)


def _options_that_read_the_same(form: Form, pages: Sequence[Page]) -> Iterator[FormFault]:
    asked = {block.scale: (page.number, block.options) for page in pages for block in page.blocks}
    for (scale, (section, options)), language in product(asked.items(), form.languages):
        first: dict[str, int] = {}
        for each in options:
            label = said(each.label, language)
            other = first.setdefault(" ".join(label.casefold().split()), each.code)
            if label and other != each.code:
                same = f"options {other} and {each.code} of {scale} read the same in {language}"
                yield FormFault(section, f"{same}, so nobody can tell them apart; reword one", within=each.place)


def _faults_of(texts: Texts, languages: Sequence[str], slots: list[str]) -> Iterator[str]:
    missing = [language for language in languages if not said(texts, language)]
    if missing:
        yield f"there is no wording in {', '.join(missing)}; translate it, or leave the language out"
    for unknown in sorted(slots_in(texts)):
        known = f"; known slots: {', '.join(slots) or 'none'}"
        yield f"there is no slot {{{unknown}}}{closest(unknown, slots) or known}"
