"""What a run did, as the command line shows it: what was written, who answered, how reliable scales are.

Short enough to be read: of many steps a line a table with its rows over all waves and models, of many scales those that
need a look. All of it stands in ``--json`` and on the workbench.
"""

from collections.abc import Iterable

import pandas as pd

from instruments.counted import counted
from instruments.validation import status_in_words
from pipelines.commands import printing
from pipelines.commands.run import Outcome
from pipelines.commands.sample import inference_notes
from pipelines.commands.shown_fieldwork import print_fieldwork
from pipelines.load import Study
from pipelines.store import Store
from pipelines.tables import out

MOST_ROWS = 30
WEAK = 0.7
"""An alpha below which a scale is shown where there are many; a habit of the field, no threshold of a study."""
Row = tuple[str, str, str]


def print_outcome(study: Study, outcome: Outcome) -> None:
    """Print what a run did, and the response rates and reliabilities it found."""
    if not outcome.steps:
        printing.print_lines(["Nothing new: every table is up to date."])
        return
    printing.print_rows("Written", ("step", "wave", "rows"), written_rows(outcome.steps))
    store = Store(study.warehouse)
    print_fieldwork(store)
    _print_reliability(study, store.read(out.RELIABILITY))
    printing.print_lines(inference_notes(study, store))


def written_rows(steps: Iterable[tuple[str, str, dict[str, int]]]) -> list[Row]:
    """Return a row a step and wave; of many, one a kind of step, with its waves and what all of them wrote.

    Args:
        steps: Step, wave and rows by table.
    """
    found = [(name, wave, tables) for name, wave, tables in steps]
    if len(found) > MOST_ROWS:
        found = _summed(found)
    return [(name, wave, ", ".join(f"{table} {n}" for table, n in tables.items())) for name, wave, tables in found]


def _summed(steps: list[tuple[str, str, dict[str, int]]]) -> list[tuple[str, str, dict[str, int]]]:
    kinds: dict[str, tuple[set[str], list[str], dict[str, int]]] = {}
    for name, wave, tables in steps:
        names, waves, total = kinds.setdefault("/".join(name.split("/")[:2]), (set(), [], {}))
        names.add(name)
        if wave and wave not in waves:
            waves.append(wave)
        for table, n in tables.items():
            total[table] = total.get(table, 0) + n
    return [
        (f"{kind} ({len(names)})" if len(names) > 1 else kind, ", ".join(waves), {t: n for t, n in total.items() if n})
        for kind, (names, waves, total) in kinds.items()
    ]


def _print_reliability(study: Study, rows: pd.DataFrame) -> None:
    shown = _reliability(study, rows)
    if len(shown) <= MOST_ROWS:
        printing.print_frame("Reliability", shown)
        return
    alphas = shown.pivot_table(index=["scale", "respondent_group"], columns="wave", values="alpha")
    is_weak = (alphas < WEAK).any(axis=1)
    weak = alphas[is_weak].rename(columns="alpha {}".format).reset_index()
    printing.print_frame(f"Reliability: alpha below {WEAK:g} in a wave", weak)
    others = counted(int((~is_weak).sum()), "other scale in a group has", "other scales in a group have")
    where = f"with omega, intervals and validation status: sensemaking workbench {study.folder}"
    printing.print_lines([f"{others} {WEAK:g} or more in every wave; all, {where}"])


def _reliability(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """Return alpha and omega of every scale side by side, with how far its instrument has been validated."""
    key = ["scale", "respondent_group", "wave", "n_obs"]
    of_all = rows[rows["exclusions"] == ""].set_index([*key, "coefficient"])["estimate"].unstack()
    told = {scale: status_in_words(instrument) for scale, instrument in study.scales().items()}
    shown = of_all.reindex(columns=["alpha", "omega"]).reset_index()
    return shown.assign(status=shown["scale"].map(told))[[*key[:-1], "alpha", "omega", "n_obs", "status"]]
