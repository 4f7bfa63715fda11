"""Time until Dagster holds the definitions of thirty studies of six waves beside that of one, as a table: no test.

Both are whole programs, ``dagster definitions validate``, run in turn. Every small study has specifications of its own:
its files differ from those of the others, so that only what the built-in library holds is shared. The others are the
demonstration study with forty models, thirty times under thirty names.
"""

import re
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from pipelines.studies.demo.generate import write_demo_study
from tests.bench_fit import processor_seconds
from tests.pipelines.small_demo import SMALL
from tests.small_study import build_small_study

N_STUDIES = 30
WAVES = ("w1", "w2", "w3", "w4", "w5", "w6")
TURNS = 3
VALIDATE = (
    sys.executable,
    "-m",
    "dagster",
    "definitions",
    "validate",
    "-m",
    "pipelines.definitions",
    "--log-level",
    "error",
)


def build_studies(home: Path, n_studies: int) -> list[Path]:
    """Write small studies of six waves, each with an instrument and a model of its own."""
    return [_study(home / f"study_{number}", number) for number in range(1, n_studies + 1)]


def _study(folder: Path, number: int) -> Path:
    build_small_study(folder, waves=())
    spec = folder / "study.yaml"
    text = spec.read_text().replace("name: small", f"name: study_{number}", 1)
    source = re.search(r"  autumn_staff:\n(?:    .*\n)+", text)
    if source is None:
        raise AssertionError("the small study has no source autumn_staff")
    sources = "".join(source.group().replace("autumn", wave) for wave in WAVES)
    text = re.sub(r"waves:\n(?:  .*\n)+", "waves:\n" + "".join(f"  {wave}: {{}}\n" for wave in WAVES), text, count=1)
    text = re.sub(r"sources:\n(?:  .*\n)+", f"sources:\n{sources}", text, count=1)
    spec.write_text(text)
    for own in [*(folder / "instruments").glob("*.yaml"), *(folder / "models").glob("*.yaml")]:
        own.write_text(f"{own.read_text()}# study {number}\n")
    return folder


def build_demonstrations(home: Path, n_studies: int) -> list[Path]:
    """Write the demonstration study under as many names, with six waves; its last wave is asked three times more."""
    first = write_demo_study(home, parameters=SMALL)
    shutil.rmtree(first / "exports")
    text = (first / "study.yaml").read_text()
    for block in (r"  w3:\n(?:    .*\n)+", r"  top_managers_w3:\n(?:  .*\n)+"):
        found = re.search(block, text)
        if found is None:
            raise AssertionError(f"the demonstration study has no {block}")
        later = "".join(_of_wave(found.group(), wave) for wave in WAVES[3:])
        text = text[: found.end()] + later + text[found.end() :]
    folders = [home / f"demo_{number}" for number in range(1, n_studies + 1)]
    for folder in folders:
        shutil.copytree(first, folder)
        (folder / "study.yaml").write_text(text.replace("name: demo\n", f"name: {folder.name}\n", 1))
    return folders


def _of_wave(block: str, wave: str) -> str:
    year = 2024 + int(wave[1])
    return block.replace("w3", wave).replace("2027", str(year)).replace("Third", f"Later {wave}")


def seconds_to_load(studies: list[Path], home: Path) -> float:
    """Return the processor time until Dagster has loaded and checked the definitions of some studies."""
    named = {"SENSEMAKING_STUDIES": ":".join(map(str, studies)), "DAGSTER_HOME": str(home)}
    return processor_seconds("env", *(f"{name}={value}" for name, value in named.items()), *VALIDATE)


def lines_of_many_studies() -> list[str]:
    """Measure and write a Markdown table."""
    lines = [
        f"| definitions of {N_STUDIES} studies of {len(WAVES)} waves : of one | ratio | {N_STUDIES} s | one s |",
        "| --- | ---: | ---: | ---: |",
    ]
    for what, build in (("small studies", build_studies), ("the demonstration", build_demonstrations)):
        with tempfile.TemporaryDirectory() as temporary:
            home = Path(temporary)
            studies = build(home, N_STUDIES)
            rounds = [(seconds_to_load(studies[:1], home), seconds_to_load(studies, home)) for _ in range(TURNS)]
        one, many = (statistics.median(each) for each in zip(*rounds, strict=True))
        lines.append(f"| {what} | {many / one:.2f} | {many:.2f} | {one:.2f} |")
    return lines


if __name__ == "__main__":
    print("\n".join(lines_of_many_studies()))  # noqa: T201 - its whole purpose
