"""Damages files of every platform for some minutes and writes what came of it: ``python -m tests.fuzz --minutes 10``.

Every find is told with its place in the code, and its file is kept for a test. No test: the tests are beside it.
"""

import argparse
import hashlib
import platform
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

from tests.fuzz.properties import Note, definitions_survive, exports_survive
from tests.fuzz.sample import Sample
from tests.fuzz.samples import DEFINITIONS, EXPORTS
from tests.fuzz.survival import Outcome

CHECKOUT = Path(__file__).parents[2]
PAGE = CHECKOUT / "docs/reference/fuzzing.md"
LEAST_EXAMPLES = 50
Make = Callable[[Sequence[Sample], Note], Callable[[], None]]
MARK_OF_TABLE = "<!-- written by make fuzz -->"


@dataclass
class Target:
    """One format under attack: how many files were tried, how they ended, and what was found."""

    name: str
    what: str
    make: Make
    samples: Sequence[Sample]
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    finds: Counter[str] = field(default_factory=Counter)

    def attack(self, n_examples: int) -> None:
        """Try some drawn files; a find ends the round."""
        once = settings(
            max_examples=n_examples,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        try:
            once(self.make(self.samples, lambda outcome: self.outcomes.update([outcome])))()
        except Exception as error:
            self.finds[_place_of(error)] += 1
            print(f"{self.name}: {error!r}\n" + "\n".join(getattr(error, "__notes__", ())), file=sys.stderr)  # noqa: T201

    def row(self) -> str:
        """Write a row of the table."""
        cells = (self.name, self.what, self.outcomes.total(), self.outcomes["read"], self.outcomes["refused"])
        return f"| {' | '.join(map(str, cells))} | {len(self.finds)} |"


def _place_of(error: Exception) -> str:
    frames = [each for each in traceback.extract_tb(error.__traceback__) if "/pipelines/" in each.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "the property"
    return f"{type(error).__name__} in {place}"


def targets() -> list[Target]:
    """Return every format of exports and of definitions."""
    exports = [Target(name, "export", exports_survive, samples) for name, samples in EXPORTS.items()]
    return exports + [Target(name, "definition", definitions_survive, each) for name, each in DEFINITIONS.items()]


def rounds(minutes: float, n_examples: int) -> Iterator[int]:
    """Yield sizes of rounds: one of all examples, or small ones until the time is over."""
    if n_examples:
        yield n_examples
        return
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        yield LEAST_EXAMPLES


def page(attacked: Sequence[Target], seconds: float) -> str:
    """Write the page with the table."""
    finds = [f"- {each.name}: {place}" for each in attacked for place in each.finds]
    total = sum(each.outcomes.total() for each in attacked)
    return "\n".join(
        [
            f"Run on {datetime.now(UTC):%-d %B %Y}: {total:,} files in {seconds / 60:.1f} minutes, Python "
            f"{platform.python_version()}, readers `{fingerprint()}`.",
            "",
            "| format | file | tried | read | refused | finds |",
            "| --- | --- | ---: | ---: | ---: | ---: |",
            *(each.row() for each in attacked),
            "",
            *(finds or ["No finds."]),
            "",
        ]
    )


def fingerprint() -> str:
    """Return the first letters of the SHA-256 of the readers' source, so that a table says what it is of."""
    files = sorted((CHECKOUT / "pipelines/readers").rglob("*.py"))
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:12]


def main() -> int:
    """Attack every format, print the table and write it into the page; 1 when something was found."""
    arguments = argparse.ArgumentParser(description=main.__doc__)
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--examples", type=int, default=0, help="files a format, instead of minutes")
    given = arguments.parse_args()
    attacked, start = targets(), time.monotonic()
    for n_examples in rounds(given.minutes, given.examples):
        for each in attacked:
            each.attack(n_examples)
    written = page(attacked, time.monotonic() - start)
    before = PAGE.read_text(encoding="utf-8").partition(MARK_OF_TABLE)[0]
    PAGE.write_text(f"{before}{MARK_OF_TABLE}\n\n{written}", encoding="utf-8")
    print(written)  # noqa: T201 - its whole purpose
    return 1 if any(each.finds for each in attacked) else 0


if __name__ == "__main__":
    sys.exit(main())
