"""An event → the words of a message, in a recipient's language: what, where, what to do. And the same as JSON values.

Only the study's specifications and the software's own words are written, beside figures, days and digits of hashes.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from instruments.spec_file import ANY_LANGUAGE, Texts
from pipelines.board_report.words import plain
from pipelines.load import Study
from pipelines.report_tables.numerals import NO_BREAK, Numerals
from pipelines.telling.danish import DANISH
from pipelines.telling.english import ENGLISH
from pipelines.telling.event import Event, Place

WORDINGS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "da": DANISH}
NAMED = ("wave", "group", "source", "file", "table", "column", "rule", "scale", "step")


@dataclass(frozen=True)
class Told:
    """A message in words.

    Attributes:
        subject: One line.
        text: The message.
    """

    subject: str
    text: str


def told(study: Study, event: Event, language: str) -> Told:
    """Put an event in words.

    Args:
        study: The study.
        event: What happened.
        language: ``en`` or ``da``.
    """
    say = WORDINGS[language]
    first = event.places[0] if event.places else Place()
    number = sum(each.n or 0 for each in event.places) if event.kind == "blocked_validation" else first.n
    values = {"wave": first.wave, "n": number, "week": event.week}
    places = [f"  - {line}" for place in event.places if (line := _line(study, event, place, language))]
    if event.n_places > len(event.places):
        places.append(f"  - {say['more'].format(n=event.n_places - len(event.places))}")
    title = in_language(study.spec.title, language) or study.name
    lines = [
        say[f"{event.kind}_said"].format(**values),
        *(["", f"{say['where']}:", *places] if places else []),
        *("", f"{say['what_to_do']}:", *(f"  {each}" for each in _remedies(event, language))),
        *("", say["study"].format(title=title, name=study.name)),
        *([say["synthetic"]] if study.spec.is_synthetic else []),
        say["noticed"].format(at=_moment(event.at)),
        say["no_data"],
    ]
    return Told(f"{study.name}: {say[event.kind].format(**values)}", "\n".join(lines) + "\n")


def document(study: Study, event: Event, language: str, identity: str) -> dict[str, object]:
    """Return a message as JSON values.

    Args:
        study: The study.
        event: What happened.
        language: ``en`` or ``da``.
        identity: Of the message.
    """
    words = told(study, event, language)
    places = [{name: value for name, value in asdict(each).items() if value not in ("", None)} for each in event.places]
    return {
        "id": identity,
        "kind": event.kind,
        "study": event.study,
        "noticed_at": event.at,
        "subject": words.subject,
        "text": words.text,
        "places": places,
        "n_places": event.n_places,
    }


def in_language(texts: Texts, language: str) -> str:
    """Choose the text of a language, else one for all, else English, else any; empty where there is none."""
    order = [language, ANY_LANGUAGE, "en", *texts]
    return plain(next((texts[each] for each in order if each in texts), ""))


def _remedies(event: Event, language: str) -> Iterator[str]:
    say = WORDINGS[language]
    if event.kind != "failed_run":
        yield say[f"remedy_{event.kind}"]
        return
    for fault in dict.fromkeys(each.fault for each in event.places if each.fault):
        yield say[f"remedy_{fault}"]


def _line(study: Study, event: Event, place: Place, language: str) -> str:
    say = WORDINGS[language]
    where = [
        say[f"place_{name}"].format(name=_titled(study, name, getattr(place, name), language))
        for name in NAMED
        if getattr(place, name)
    ]
    return ": ".join(each for each in (", ".join(where), _figures(event, place, language)) if each)


def _titled(study: Study, kind: str, name: str, language: str) -> str:
    title: Texts = {}
    if kind == "wave" and name in study.spec.waves:
        title = study.spec.waves[name].title
    elif kind == "group":
        title = study.spec.respondent_groups.get(name, {})
    elif kind == "scale" and name in study.scales():
        title = study.scales()[name].scales[name].title
    words = in_language(title, language)
    return f"{name} ({words})" if words else name


def _figures(event: Event, place: Place, language: str) -> str:
    say = WORDINGS[language]
    if place.what is not None:
        return say[f"over_{place.what}"]
    if place.fault is not None:
        return say[f"fault_{place.fault}"]
    if place.measure:
        return _compared(place, language)
    if event.kind == "late_export":
        return say["since"].format(since=_moment(place.since)) if place.since else say["since_never"]
    if place.n is None or event.kind == "finished_release":
        return ""
    return say["place_n"].format(n=place.n)


def _compared(place: Place, language: str) -> str:
    say = WORDINGS[language]
    is_rate = place.measure == "response_rate"
    write = per_cent if is_rate else _two_decimals
    was, now = (write(language, value or 0) for value in (place.was, place.now))
    key = "figure_against_run" if not place.against else "figure_against_wave" if is_rate else "figure_of_wave"
    return say[key].format(measure=say[f"measure_{place.measure}"], now=now, was=was, against=place.against)


def per_cent(language: str, share: float) -> str:
    """Write a share of 0 to 1 as the language writes per cent."""
    written = Numerals(language).per_cent(share)
    return written if language == "da" else written.replace(NO_BREAK, "")


def _two_decimals(language: str, value: float) -> str:
    return Numerals(language).plain(value, 2)


def _moment(iso: str) -> str:
    return dt.datetime.fromisoformat(iso).astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")
