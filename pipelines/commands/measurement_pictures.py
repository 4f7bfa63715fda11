"""``sensemaking measurement --pictures``: which drawings are made of a study, and their titles."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from instruments.faults import UsageError
from instruments.scoring import keyed_items
from instruments.spec import Instrument
from models.sections.measurement import BETWEEN_FORMS, MeasurementSpec
from pipelines.commands.measurement import asked_names
from pipelines.commands.picture_titles import text_in, titles_of
from pipelines.load import Study
from pipelines.pictures.answers import counted_answers, response_bars
from pipelines.pictures.correlations import correlation_matrix
from pipelines.pictures.ladder import Asked, invariance_ladder
from pipelines.pictures.loadings import loading_plot
from pipelines.pictures.path import path_diagram
from pipelines.pictures.words import SAID, Words
from pipelines.store import Store
from pipelines.tables import core
from pipelines.tables.measurement import FIT_INDICES, INVARIANCE, LOADINGS
from pipelines.tables.out import DISTRIBUTIONS

Drawing = tuple[str, str]


def draw_pictures(study: Study, name: str, folder: Path, language: str) -> list[Path]:
    """Write the drawings of one specification, or of all without a name.

    Args:
        study: The study, after a run.
        name: A measurement specification; empty for all.
        folder: Where they go; made when it is not there.
        language: ``en`` or ``da``; empty for the first of the release.

    Returns:
        The files, which are the same bytes for the same figures.

    Raises:
        UsageError: When the language is none that drawings have.
    """
    words, written = words_of_pictures(study, language or study.spec.release.languages[0]), list[Path]()
    folder.mkdir(parents=True, exist_ok=True)
    for each in asked_names(study, name):
        spec = study.measurement[each]
        for file_name, drawing in (*drawings_of_results(study, spec, words), *_of_answers(study, spec, words)):
            path = folder / f"{each}_{file_name}.svg"
            path.write_text(drawing, encoding="utf-8")
            written.append(path)
    return written


def words_of_pictures(study: Study, language: str) -> Words:
    """Return what drawings of measurement say; UsageError when the language is none that they have."""
    if language not in SAID:
        raise UsageError(f"pictures have no language {language}; expected {' or '.join(SAID)}")
    return Words(language, titles_of(study, language), _turned(study))


def drawings_of_results(study: Study, spec: MeasurementSpec, words: Words) -> Iterator[Drawing]:
    """Draw what was found about a specification: models, loadings, ladders, answers by group and wave."""
    store, title = Store(study.warehouse), text_in(spec.title, words.language)
    loadings, indices, invariance, distributions = (
        store.read(table) for table in (LOADINGS, FIT_INDICES, INVARIANCE, DISTRIBUTIONS)
    )
    own = loadings[loadings["measurement"] == spec.name]
    groups = _groups_in(own)
    for group in groups:
        rows, told = own[own["respondent_group"] == group], {"title": title, "group": words.title(group)}
        note = _fit(indices, spec.name, group, words)
        yield f"{group}_path", path_diagram(rows, words.say("path", **told), note, words)
        yield f"{group}_loadings", loading_plot(rows, words.say("loadings", **told), note, words)
    yield from _ladders(invariance[invariance["measurement"] == spec.name], spec, title, words)
    yield from _of_waves(study, spec, distributions, groups, words)


def _groups_in(loadings: pd.DataFrame) -> list[str]:
    return [str(each) for each in loadings["respondent_group"].drop_duplicates().sort_values()]


def _of_answers(study: Study, spec: MeasurementSpec, words: Words) -> Iterator[Drawing]:
    """Draw what has to be counted from the answers themselves."""
    store = Store(study.warehouse)
    loadings, analysis = store.read(LOADINGS), store.read(core.analysis(study))
    used = analysis[analysis["wave"].isin(spec.waves)] if spec.waves else analysis
    for group in _groups_in(loadings[loadings["measurement"] == spec.name]):
        yield from _of_group(study, spec, used[used["respondent_group"] == group], group, words)


def _fit(indices: pd.DataFrame, name: str, group: str, words: Words) -> str:
    """Say on how many responses a model rests and how it fits, robust where there are robust indices."""
    of_model = indices[(indices["measurement"] == name) & (indices["respondent_group"] == group)]
    found = of_model[of_model["level"] == ""].set_index("fit_index")["value"]
    shown = {each: words.number(found.get(f"{each}_robust", found.get(each)), 3) for each in ("cfi", "rmsea", "srmr")}
    robust = words.say("robust") if "cfi_robust" in found.index else ""
    return words.say("fit", n=words.count(found["n_obs"]), robust=robust, **shown)


def _ladders(invariance: pd.DataFrame, spec: MeasurementSpec, title: str, words: Words) -> Iterator[Drawing]:
    asked = {each.over: each.level for each in spec.comparisons}
    for (group, over), rows in invariance.groupby(["respondent_group", "over"], sort=True):
        of_whom = f" {words.title(str(group))}" if group else ""
        heading = words.say("ladder", title=title, group=of_whom, over=words.across(str(over)))
        file_name = "_".join(part for part in (str(group), str(over), "ladder") if part)
        wanted = Asked(asked.get(str(over), ""), spec.invariance)
        yield file_name, invariance_ladder(rows, wanted, heading, words)


def _of_waves(
    study: Study, spec: MeasurementSpec, distributions: pd.DataFrame, groups: list[str], words: Words
) -> Iterator[Drawing]:
    """Draw every scale's answers by respondent group and wave, from ``out.distributions`` before exclusions."""
    counted = distributions[(distributions["exclusions"] == "") & distributions["respondent_group"].isin(groups)]
    counted = counted[counted["wave"].isin(spec.waves or tuple(study.spec.waves))]
    places = {name: place for place, name in enumerate((*study.spec.respondent_groups, *study.spec.waves))}
    for scale in spec.scales:
        instrument = study.scales()[scale]
        items = list(instrument.scales[scale].items)
        of_scale = counted[counted["item"].isin(items)]
        in_order = of_scale.assign(
            at=of_scale["item"].map(items.index), first=of_scale["respondent_group"].map(places),
            second=of_scale["wave"].map(places),
        ).sort_values(["at", "first", "second", "code"])  # fmt: skip
        heading, labels = _of_whom(in_order, words.title(scale), words)
        points = _points(instrument, scale, words.language)
        yield f"{scale}_answers", response_bars(in_order.assign(group=labels), points, heading, words)


def _of_whom(answers: pd.DataFrame, title: str, words: Words) -> tuple[str, list[str]]:
    """Return the heading and the label of every row; a single respondent group is named in the heading alone."""
    groups, waves = ([words.title(str(each)) for each in answers[name]] for name in ("respondent_group", "wave"))
    if len(set(groups)) == 1:
        return words.say("responses", title=title, over=words.say("wave"), group=groups[0]), waves
    labels = [words.say("group_of_wave", group=each, wave=wave) for each, wave in zip(groups, waves, strict=True)]
    return words.say("answers", title=title), labels


def _points(instrument: Instrument, scale: str, language: str) -> dict[int, str]:
    return {
        code: text_in(point.label, language) if point.label else ""
        for code, point in sorted(instrument.points_of(scale).points.items())
    }


def _of_group(study: Study, spec: MeasurementSpec, rows: pd.DataFrame, group: str, words: Words) -> Iterator[Drawing]:
    scales = study.scales()
    for scale in spec.scales:
        instrument = scales[scale]
        told = {"title": words.title(scale), "group": words.title(group)}
        turned = keyed_items(rows, instrument, scale)
        yield f"{group}_{scale}_correlations", correlation_matrix(turned, words.say("correlations", **told), words)
        items = rows[list(instrument.scales[scale].items)]
        without_own = ("respondent_group", "wave", BETWEEN_FORMS)
        for over in (each.over for each in spec.comparisons if each.over not in without_own):
            heading = words.say("responses", over=words.say(over), **told)
            labels = rows[over].astype("string").map(words.title, na_action="ignore")
            drawn = response_bars(
                counted_answers(items, labels), _points(instrument, scale, words.language), heading, words
            )
            yield f"{group}_{scale}_answers_by_{over}", drawn


def _turned(study: Study) -> frozenset[str]:
    scales = study.scales().items()
    return frozenset(item for name, instrument in scales for item in instrument.scales[name].reverse_scored)
