"""``sensemaking measurement --pictures``: which drawings are made of a study, and their titles."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from instruments.faults import UsageError
from instruments.scoring import keyed_items
from instruments.spec_file import ANY_LANGUAGE, Texts
from models.sections.measurement import BETWEEN_FORMS, MeasurementSpec
from pipelines.commands.measurement import asked_names
from pipelines.load import Study
from pipelines.pictures.answers import correlation_matrix, response_bars
from pipelines.pictures.ladder import invariance_ladder
from pipelines.pictures.loadings import loading_plot, path_diagram
from pipelines.pictures.words import SAID, Words
from pipelines.store import Store
from pipelines.tables import core
from pipelines.tables.measurement import INVARIANCE, LOADINGS

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
    language = language or study.spec.release.languages[0]
    if language not in SAID:
        raise UsageError(f"pictures have no language {language}; expected {' or '.join(SAID)}")
    words, written = Words(language, _titles(study, language)), list[Path]()
    folder.mkdir(parents=True, exist_ok=True)
    for each in asked_names(study, name):
        for file_name, drawing in _drawings(study, study.measurement[each], words):
            path = folder / f"{each}_{file_name}.svg"
            path.write_text(drawing, encoding="utf-8")
            written.append(path)
    return written


def _drawings(study: Study, spec: MeasurementSpec, words: Words) -> Iterator[Drawing]:
    store, title = Store(study.warehouse), _text(spec.title, words.language)
    loadings, invariance = (rows[rows["measurement"] == spec.name] for rows in map(store.read, (LOADINGS, INVARIANCE)))
    for group, rows in loadings.groupby("respondent_group", sort=True):
        told = {"title": title, "group": words.title(str(group))}
        yield f"{group}_path", path_diagram(rows, words.say("path", **told), words)
        yield f"{group}_loadings", loading_plot(rows, words.say("loadings", **told), words)
    asked = {each.over: each.level for each in spec.comparisons}
    for (group, over), rows in invariance.groupby(["respondent_group", "over"], sort=True):
        heading = words.say("ladder", title=title, group=words.title(str(group)), over=words.say(str(over))).strip()
        file_name = "_".join(part for part in (str(group), str(over), "ladder") if part)
        yield file_name, invariance_ladder(rows, asked.get(str(over), ""), heading, words)
    analysis = store.read(core.analysis(study))
    used = analysis[analysis["wave"].isin(spec.waves)] if spec.waves else analysis
    for group in loadings["respondent_group"].drop_duplicates().sort_values():
        yield from _of_answers(study, spec, used[used["respondent_group"] == group], str(group), words)


def _of_answers(study: Study, spec: MeasurementSpec, rows: pd.DataFrame, group: str, words: Words) -> Iterator[Drawing]:
    scales = study.scales()
    for scale in spec.scales:
        instrument = scales[scale]
        told = {"title": words.title(scale), "group": words.title(group)}
        turned = keyed_items(rows, instrument, scale)
        yield f"{group}_{scale}_correlations", correlation_matrix(turned, words.say("correlations", **told), words)
        points = {
            code: _text(point.label, words.language) if point.label else ""
            for code, point in sorted(instrument.points_of(scale).points.items())
        }
        items = rows[list(instrument.scales[scale].items)]
        for over in (each.over for each in spec.comparisons if each.over not in ("respondent_group", BETWEEN_FORMS)):
            heading = words.say("responses", over=words.say(over), **told)
            groups = rows[over].astype("string")
            yield f"{group}_{scale}_answers_by_{over}", response_bars(items, groups, points, heading, words)


def _titles(study: Study, language: str) -> dict[str, str]:
    found = {name: _text(texts, language) for name, texts in study.spec.respondent_groups.items()}
    found |= {name: _text(wave.title, language) for name, wave in study.spec.waves.items() if wave.title}
    for instrument in study.described():
        found |= {name: _text(item.text, language) for name, item in instrument.items.items()}
        found |= {name: _text(scale.title, language) for name, scale in instrument.scales.items()}
    return found


def _text(texts: Texts, language: str) -> str:
    return next((texts[each] for each in (language, ANY_LANGUAGE, "en") if each in texts), next(iter(texts.values())))
