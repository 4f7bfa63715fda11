"""Definitions ledger: what each number is, which R call gives it, and how that is known.

The entries are in ``ledger.yaml`` of each of ``PARTS``; the page of statistics is written from them.
"""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from instruments.faults import raise_if_any
from instruments.spec_file import Spec, read_spec

Kind = Literal["oracle", "r_run", "derivation", "published", "simulation"]
KINDS: dict[Kind, str] = {
    "oracle": "stored results of R",
    "r_run": "R run for the test, numbers and call in it",
    "derivation": "a second derivation or by hand",
    "published": "a published worked example",
    "simulation": "a simulation",
}
PARTS = ("measurement", "regression", "multilevel")
ENTRIES = {part: Path(__file__).parent / part / "ledger.yaml" for part in PARTS}


class Definition(Spec):
    """One statistic.

    Attributes:
        name: Its name with its variant.
        gives: The function or module that gives it.
        formula: In short.
        source: Authors and year.
        r_call: The R call that gives the same number; ``none`` and why, where no R program does.
        proof: What shows that it is right.
        where: Test or page of the proof.
        difference: Largest difference measured.
    """

    name: str
    gives: str
    formula: str
    source: str
    r_call: str
    proof: Kind
    where: str
    difference: str


class Ledger(Spec):
    """All definitions.

    Attributes:
        definitions: One entry a statistic.
    """

    definitions: tuple[Definition, ...] = Field(min_length=1)


@cache
def ledger(part: str) -> tuple[Definition, ...]:
    """Return every definition of one of ``PARTS``.

    Raises:
        SpecError: If the file has faults.
    """
    found, document = read_spec(ENTRIES[part], Ledger)
    raise_if_any(document.faults)
    if found is None:
        raise AssertionError("a ledger without faults was not read")
    return found.definitions
