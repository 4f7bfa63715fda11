"""Answer options, limits and texts of LimeSurvey's questions: those a survey defines, and those a type brings with it.

Put here what an answer may be; what columns there are for it is in ``limesurvey_columns``.
"""

from collections.abc import Mapping
from dataclasses import replace

from pipelines.readers.limesurvey.survey import Answer, LimeQuestion, Survey, Texts
from pipelines.readers.limesurvey.words import word, words
from pipelines.readers.structure import Option

_OTHER_CODE = "-oth-"
_FIXED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "C": (("Y", "yes"), ("U", "uncertain"), ("N", "no")),
    "E": (("I", "increase"), ("S", "same"), ("D", "decrease")),
    "G": (("F", "female"), ("M", "male")),
    "Y": (("Y", "yes"), ("N", "no")),
}
_CONVERTED = {("Y", "Y"): ("1",), ("Y", "N"): ("2", "0")}
_POINTS = {"5": 5, "A": 5, "B": 10}
_LIMITS = (
    ("min_num_value_n", "max_num_value_n"),
    ("slider_min", "slider_max"),
    ("multiflexible_min", "multiflexible_max"),
)


def options_of(lime: LimeQuestion, survey: Survey, scale: int) -> tuple[Option, ...]:
    """Return the answer options of a question, or of one scale of a dual one, in the order shown."""
    language = survey.language
    if lime.kind in _POINTS:
        return tuple(Option(str(point), str(point)) for point in range(1, _POINTS[lime.kind] + 1))
    if lime.kind in _FIXED:
        return tuple(
            Option(code, word(key, language), (*words(key), *_CONVERTED.get((lime.kind, code), ())))
            for code, key in _FIXED[lime.kind]
        )
    answers = sorted((each for each in lime.answers if each.scale == scale), key=lambda each: each.order)
    values = {each.value for each in answers}
    options = [option_of(each.code, each.texts, language, _value(each, values)) for each in answers]
    if lime.has_other and lime.kind in "L!":
        other = option_of(_OTHER_CODE, lime.other_texts or {language: word("other", language)}, language)
        options.append(replace(other, also=tuple(dict.fromkeys((*other.also, *words("other"))))))
    return tuple(options)


def option_of(code: str, texts: Texts, language: str, value: float | None = None) -> Option:
    """Make an option of its texts."""
    label = text_in(texts, language)
    also = dict.fromkeys(each for each in texts.values() if each not in ("", label))
    return Option(code, label, tuple(also), value=value)


def limits_of(lime: LimeQuestion) -> tuple[float | None, float | None]:
    """Return the smallest and the largest number allowed, where they are numbers and no equations."""
    for low, high in _LIMITS:
        found = _number(lime.attributes.get(low, "")), _number(lime.attributes.get(high, ""))
        if found != (None, None):
            return found
    return None, None


def text_in(texts: Texts, language: str) -> str:
    """Return the text in a language, else in the first one that has one."""
    return texts.get(language) or next((text for text in texts.values() if text), "")


def spoken(label: str) -> tuple[str, ...]:
    """Return a word of LimeSurvey's own in every language, with the number that follows it."""
    key, _, number = label.partition(" ")
    return tuple(f"{each} {number}".strip() for each in words(key))


def _value(answer: Answer, values: set[float | None]) -> float | None:
    """Return the value in assessments; none when all options have the same, as where nobody set them."""
    return answer.value if len(values) > 1 else None


def _number(text: str) -> float | None:
    try:
        return float(text) if text and text.strip("+-.0123456789") == "" else None
    except ValueError:
        return None


def with_ends(text: str) -> str:
    """Write the row of a slider as it is shown: ``label|left|right`` has the words at its two ends in it."""
    label, *ends = (part.strip() for part in text.split("|"))
    told = " … ".join(end for end in ends if end)
    return f"{label} ({told})" if label and told else told or label
