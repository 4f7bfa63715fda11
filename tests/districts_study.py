"""A small study of four districts, whose organisations answer about teamwork, a fifth of their people not at all."""

from pathlib import Path

import numpy as np

from pipelines.load import Study
from pipelines.store import Store
from tests.run_steps import bring_up_to_date
from tests.small_study import INSTRUMENT, answers, build_small_study, write_export


def build_districts(folder: Path, model: str, sizes: tuple[int, ...]) -> tuple[Study, Store]:
    """Write the study, run it, and return it with its warehouse.

    Args:
        folder: The study folder.
        model: The one model, called ``districts``.
        sizes: Responses of the organisations of every district.
    """
    build_small_study(folder, waves=())
    number = "text: {en: About the organisation}, kind: number, least: 0, most: 99"
    items = "".join(f"  {name}: {{{number}}}\n" for name in ("district", "budget", "age"))
    instrument = INSTRUMENT.replace("scales:\n  teamwork", f"{items}scales:\n  teamwork")
    (folder / "instruments/teamwork.yaml").write_text(instrument, encoding="utf-8")
    places = [f"o{district}{place}" for district in range(4) for place in range(len(sizes))]
    organisation = np.repeat(places, np.tile(sizes, 4))
    table = answers("spring", n_responses=len(organisation))
    district = np.array([int(name[1]) for name in organisation])
    table = table.assign(organisation=organisation, district=district)
    table = table.assign(budget=np.array([4, 1, 2, 7])[district], age=np.array([5, 9, 1, 6])[district])
    table["tenure"] = np.random.default_rng(1).integers(1, 40, len(table))
    table.loc[np.random.default_rng(2).random(len(table)) < 0.2, ["TW_1", "TW_2", "TW_3"]] = ""
    write_export(folder, "spring.csv", table)
    (folder / "models/districts.yaml").write_text(model, encoding="utf-8")
    (folder / "models/trust.yaml").unlink()
    path = folder / "study.yaml"
    text = path.read_text(encoding="utf-8").replace("models: [trust]", "models: [districts]")
    units = "languages: [en], units: {respondent_groups: [FRL]}"
    path.write_text(text.replace("languages: [en]", units), encoding="utf-8")
    return bring_up_to_date(folder)
