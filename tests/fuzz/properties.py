"""The property that every reader is held against, on drawn damage; shared by the tests and by ``make fuzz``."""

from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.damage import BLOWS, damaged
from tests.fuzz.samples import EVERY_CONTENT, Sample
from tests.fuzz.survival import Outcome, try_definition, try_export

ONE_IN = 16
Note = Callable[[Outcome], None]


def contents(samples: Sequence[Sample]) -> st.SearchStrategy[tuple[Sample, bytes]]:
    """Draw a sample and its damaged bytes, or bytes that have nothing to do with it."""
    every = len(EVERY_CONTENT) - 1
    hit = st.builds(
        lambda sample, blows, other: (sample, damaged(sample.content, sample.form, blows, EVERY_CONTENT[other])),
        st.sampled_from(samples),
        BLOWS,
        st.integers(0, every),
    )
    strange = st.tuples(
        st.sampled_from(samples), st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode))
    )
    return st.one_of(hit, hit, hit, hit, hit, hit, hit, strange)


def exports_survive(samples: Sequence[Sample], note: Note = lambda _: None) -> Callable[[], None]:
    """Make the property of a format of exports; one example in sixteen is also inspected."""

    @given(contents(samples), st.integers(0, ONE_IN - 1))
    def survives(drawn: tuple[Sample, bytes], chance: int) -> None:
        sample, content = drawn
        note(try_export(content, sample.definitions, sample.platform, is_inspected=chance == ONE_IN - 1))

    return survives


def definitions_survive(samples: Sequence[Sample], note: Note = lambda _: None) -> Callable[[], None]:
    """Make the property of a format of survey definitions."""

    @given(contents(samples))
    def survives(drawn: tuple[Sample, bytes]) -> None:
        sample, content = drawn
        note(try_definition((content, *sample.definitions), sample.export or b""))

    return survives
