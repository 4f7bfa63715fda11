"""Time and peak memory of drawing and writing a million synthetic responses: ``python -m tests.bench_synthetic``.

Organisations of the specification's size, five groups, three waves; exports, frame, contacts, codings and truth are
written too. The number of responses can be given. No test.
"""

import os
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from pipelines.studies.demo.generate import write_demo_study
from pipelines.studies.demo.parameters import DEFAULT_SEED, Parameters, Size

RESPONSES = 1_000_000
RESPONSES_AN_ORGANISATION = 46.8


def main() -> None:
    """Print seconds, processor seconds, peak memory, size on disk and load."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else RESPONSES
    number = round(wanted / RESPONSES_AN_ORGANISATION)
    size = replace(Size(), danish_regions={"Hovedstaden": round(number * 0.75)}, scottish_organisations=number // 4)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as home:
        begun, begun_processor = time.perf_counter(), time.process_time()
        folder = write_demo_study(Path(home), DEFAULT_SEED, Parameters(size=size))
        seconds, processor = time.perf_counter() - begun, time.process_time() - begun_processor
        exports = [path for path in (folder / "exports").iterdir() if path.stem[-2:] in ("w1", "w2", "w3")]
        responses = sum(_responses(path) for path in exports)
        megabytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(  # noqa: T201 - its whole purpose
        f"{responses:,} responses: {seconds:.1f} s, {processor:.1f} processor seconds, peak {peak:.0f} MB, "
        f"{megabytes:.0f} MB written, load before {load:.2f}"
    )


def _responses(path: Path) -> int:
    """Count the responses of an export by a text that every row holds once."""
    content = path.read_bytes()
    return content.count(b"SYNTHETIC") - content.count(b"[SYNTHETIC]") - content.count(b"SYNTHETIC demo")


if __name__ == "__main__":
    main()
