"""What a study calls its variables, groups and categories in one language, for pictures."""

from instruments.spec_file import ANY_LANGUAGE, Texts
from pipelines.load import Study
from pipelines.pictures.words import LANGUAGE_NAMES
from pipelines.steps.coded_titles import coded_titles


def titles_of(study: Study, language: str) -> dict[str, str]:
    """Return the title of every scale, item, coded theme, respondent group and wave by name."""
    found = {**LANGUAGE_NAMES[language]}
    found |= {name: text_in(texts, language) for name, texts in coded_titles(study).items()}
    found |= {name: text_in(texts, language) for name, texts in study.spec.respondent_groups.items()}
    found |= {name: text_in(wave.title, language) for name, wave in study.spec.waves.items() if wave.title}
    for instrument in study.described():
        found |= {name: text_in(item.text, language) for name, item in instrument.items.items()}
        found |= {name: text_in(scale.title, language) for name, scale in instrument.scales.items()}
    return found


def categories_of(study: Study, language: str) -> dict[str, str]:
    """Return the label of every category by the term that names it, such as ``STR_gender[Woman]``."""
    found: dict[str, str] = {}
    for instrument in study.described():
        for name in instrument.items:
            scale = instrument.response_scale_of(name)
            for code, point in (scale.points if scale is not None else {}).items():
                if point.label:
                    own = text_in(point.label, language)
                    named = point.label.get("en") or next(iter(point.label.values()))
                    found |= {f"{name}[{named}]": own, f"{name}[{code}]": own}
    return found


def text_in(texts: Texts, language: str) -> str:
    """Return a text in a language, or in English, or in the first there is."""
    return next((texts[each] for each in (language, ANY_LANGUAGE, "en") if each in texts), next(iter(texts.values())))
