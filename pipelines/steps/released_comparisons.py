"""Verdicts on invariance → which averages of a scale a release may set side by side. Pure tables."""

from collections.abc import Collection, Hashable, Iterator, Mapping

import pandas as pd

from models.sections.measurement import LEVELS
from pipelines.load import Study
from pipelines.tables.released import COMPARED_OVER, COMPARISON_VERDICTS, COMPARISONS_RELEASED

ENOUGH_FOR_MEANS = LEVELS.index("scalar")
KEY = ["scale", "respondent_group", "over"]
NONE = "none"


def released_comparisons(
    study: Study, gates: pd.DataFrame, invariance: pd.DataFrame, means: pd.DataFrame
) -> pd.DataFrame:
    """Say of every scale, respondent group and kind of groups whether averages may be compared.

    They may where every specification that asks found the level it asks for, and scalar invariance at least, partial
    where it allows that. Scales with averages in several waves have a row even where nobody has looked. Groups are not
    named, and nothing is said of them, where one has fewer responses than the least cell size.

    Args:
        study: The study.
        gates: ``out.gates``.
        invariance: ``out.invariance``.
        means: ``out.scale_means``.

    Returns:
        Rows of the released ``out.comparisons``.
    """
    gates, invariance = (rows[rows["measurement"].isin(list(study.measurement))] for rows in (gates, invariance))
    least, instruments = study.spec.release.least_cell_size, study.scales()
    asked = gates[(gates["purpose"] == "comparison") & gates["over"].isin(COMPARED_OVER)]
    rows = {
        (str(scale), str(group), str(over)): _worst(list(_judged(of_key, invariance, least)))
        for (scale, group, over), of_key in asked.groupby(KEY)
    }
    n_waves = means.groupby(["scale", "respondent_group"])["wave"].nunique()
    for scale, group in n_waves[n_waves > 1].index:
        is_formative = instruments[scale].scales[scale].measurement == "formative"
        without = "no_test" if is_formative else "not_looked_at"
        rows.setdefault((str(scale), str(group), "wave"), _row(without, ""))
    listed = [dict(zip(KEY, key, strict=True)) | row for key, row in rows.items()]
    return COMPARISONS_RELEASED.typed(pd.DataFrame(listed, columns=list(COMPARISONS_RELEASED.columns)))


def waves_apart(comparisons: pd.DataFrame, telling: Collection[tuple[str, str]]) -> pd.DataFrame:
    """Take back that averages of waves may be set side by side.

    Args:
        comparisons: Rows of the released ``out.comparisons``.
        telling: Scales and respondent groups whose change would tell of few people.
    """
    of_rows = zip(comparisons["scale"], comparisons["respondent_group"], strict=True)
    is_telling = pd.Series([each in telling for each in of_rows], index=comparisons.index, dtype="bool")
    taken_back = is_telling & (comparisons["over"] == "wave") & (comparisons["verdict"] == "shown")
    said = _row("too_few", "")
    columns = {name: comparisons[name].mask(taken_back, value) for name, value in said.items() if name != "level_asked"}
    return comparisons.assign(**columns)


def _judged(gates: pd.DataFrame, invariance: pd.DataFrame, least: int) -> Iterator[dict[str, object]]:
    for gate in gates.to_dict("records"):
        steps = invariance[
            (invariance["measurement"] == gate["measurement"])
            & (invariance["respondent_group"] == gate["respondent_group"])
            & (invariance["over"] == gate["over"])
        ]
        yield _verdict(gate, steps, least)


def _verdict(gate: Mapping[Hashable, object], steps: pd.DataFrame, least: int) -> dict[str, object]:
    asked = str(gate["measure"]).removesuffix("_invariance")
    if steps.empty:
        return _row("not_tested", asked)
    if steps["least_group_n"].min() < least:
        return _row("too_few", asked)
    held = steps[steps["holds"].astype(bool)]
    reached = max((LEVELS.index(level) for level in held["level"]), default=-1)
    differing = {name for names in held["released"] for name in str(names).split("; ") if name}
    verdict = "shown" if gate["verdict"] == "met" and reached >= ENOUGH_FOR_MEANS else "not_shown"
    row = _row(verdict, asked, LEVELS[reached] if reached >= 0 else NONE)
    return row | {"n_differing": len(differing), "compared": str(steps["compared"].iloc[0])}


def _row(verdict: str, asked: str, reached: str = NONE) -> dict[str, object]:
    return {"verdict": verdict, "level_asked": asked, "level_reached": reached, "n_differing": 0, "compared": ""}


def _worst(found: list[dict[str, object]]) -> dict[str, object]:
    """Join what several specifications found: the worst verdict, and only groups that all of them compared."""
    worst = max(found, key=lambda row: COMPARISON_VERDICTS.index(str(row["verdict"])))
    compared = set.intersection(*(set(str(row["compared"]).split("; ")) for row in found))
    return worst | {"compared": "; ".join(sorted(compared))}
