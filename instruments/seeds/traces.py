"""What a process-trace template says, and the one that the library has: the steps through which a case may go."""

from pathlib import Path

from pydantic import Field

from instruments.faults import raise_if_any
from instruments.load import LIBRARY
from instruments.seeds.spec import MOST_WORDS_OF_A_QUOTE, SeedId, Source
from instruments.spec_file import Name, Spec, Texts, read_spec

TRACES = LIBRARY / "traces"


class TraceStep(Spec):
    """One step of a process.

    Attributes:
        title: What happens, by language.
        quote: A literal fragment of the account it comes from, of under 15 words.
        seed: Row of the seed table.
        measured_by: Codes of scales, and items, of the library that ask about the same.
        codes: Codes of the coding scheme that mark it in open answers.
    """

    title: Texts = Field(min_length=1)
    quote: str
    seed: SeedId
    measured_by: tuple[str, ...] = Field(min_length=1)
    codes: tuple[str, ...] = ()


class TraceTemplate(Spec):
    """The steps of a process in their order.

    Attributes:
        name: The file's name without ``.yaml``.
        title: Title by language.
        source: The publication whose account gives the steps.
        caution: What the template does not say.
        steps: The steps; the first is step 1.
    """

    name: Name
    title: Texts
    source: Source
    caution: Texts
    steps: tuple[TraceStep, ...] = Field(min_length=2)


def load_template(path: Path = TRACES / "collective_leadership.yaml") -> TraceTemplate:
    """Read a template or raise SpecError with every fault."""
    template, document = read_spec(path, TraceTemplate)
    if template is not None and template.name != path.stem:
        document.blame(("name",), f"the file is called {path.name}; expected name: {path.stem}")
    for place, step in enumerate(template.steps if template is not None else ()):
        if len(step.quote.split()) > MOST_WORDS_OF_A_QUOTE:
            document.blame(("steps", place, "quote"), f"a quote has at most {MOST_WORDS_OF_A_QUOTE} words; shorten it")
    raise_if_any(document.faults)
    if template is None:
        raise AssertionError("a template without faults was not read")
    return template
