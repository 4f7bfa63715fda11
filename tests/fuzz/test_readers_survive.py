"""Any bytes at all: every reader gives a result or a kind refusal, soon, and never shows an answer."""

import os

import pytest
from hypothesis import HealthCheck, settings

from pipelines.readers.plan import ReadingError
from tests.fuzz.properties import definitions_survive, exports_survive
from tests.fuzz.samples import DEFINITIONS, EXPORTS
from tests.fuzz.survival import MARK, check_message, try_definition, try_export

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
THOROUGH = settings(
    max_examples=int(os.environ.get("SENSEMAKING_FUZZ_EXAMPLES", "150")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("name", EXPORTS)
def test_the_undamaged_exports_are_read(name: str) -> None:
    for each in EXPORTS[name]:
        assert try_export(each.content, each.definitions, each.platform, is_inspected=True) == "read"


@pytest.mark.parametrize("name", DEFINITIONS)
def test_the_undamaged_definitions_are_read(name: str) -> None:
    for each in DEFINITIONS[name]:
        assert try_definition((each.content, *each.definitions), each.export or b"") == "read"


@pytest.mark.parametrize("name", EXPORTS)
def test_any_export_is_read_or_refused(name: str) -> None:
    QUICK(exports_survive(EXPORTS[name]))()


@pytest.mark.parametrize("name", DEFINITIONS)
def test_any_definition_is_read_or_refused(name: str) -> None:
    QUICK(definitions_survive(DEFINITIONS[name]))()


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPORTS)
def test_thousands_of_exports_are_read_or_refused(name: str) -> None:
    THOROUGH(exports_survive(EXPORTS[name]))()


@pytest.mark.slow
@pytest.mark.parametrize("name", DEFINITIONS)
def test_thousands_of_definitions_are_read_or_refused(name: str) -> None:
    THOROUGH(definitions_survive(DEFINITIONS[name]))()


@pytest.mark.parametrize(
    ("file_name", "message"), [("", "expected this, found that"), ("f", "bad"), ("f", f"see {MARK} there")]
)
def test_an_unkind_refusal_is_noticed(file_name: str, message: str) -> None:
    with pytest.raises(AssertionError):
        check_message(ReadingError(file_name, message))
