"""A form → LimeSurvey's tab-separated structure, with every language: a table to look through or to edit first.

Put here the rows of the file; what the survey consists of is in ``limesurvey_questions``.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from instruments.forms.limesurvey import greeting_of, group_name, settings_of
from instruments.forms.limesurvey_questions import LimeGroup, LimeQuestion, as_html, groups_of
from instruments.forms.pages import said
from instruments.forms.spec import Form
from instruments.spec import Instrument
from instruments.spec_file import Texts

_COLUMNS: tuple[str, ...] = (
    "id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language", "validation",
    "mandatory", "other", "default", "same_default", "assessment_value", "equals_num_value", "max_num_value_n",
    "min_num_value_n", "value_range_allows_missing",
)  # fmt: skip
_BYTE_ORDER_MARK = "\ufeff"
Row = dict[str, str]


def write_tabs(form: Form, instruments: Mapping[str, Instrument], labels: Mapping[str, Texts]) -> bytes:
    """Write a form as a tab-separated structure.

    Args:
        form: The form, free of faults.
        instruments: Instruments as asked, by name.
        labels: Slot → label by language.

    Returns:
        Text in UTF-8 with a byte order mark, as LimeSurvey exports it.

    Raises:
        UsageError: When a text is missing in a language, or LimeSurvey does not take the form.
    """
    groups = groups_of(form, instruments, labels)
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, delimiter="\t", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_settings(form, groups))
    for language in form.languages:
        writer.writerows(_rows(groups, language))
    return (_BYTE_ORDER_MARK + out.getvalue()).encode()


def _settings(form: Form, groups: Sequence[LimeGroup]) -> Iterator[Row]:
    for name, text in settings_of(form, groups).items():
        yield {"class": "S", "name": name, "text": text}
    for language in form.languages:
        for name, text in greeting_of(form, language).items():
            yield {"class": "SL", "name": name, "text": text, "language": language}


def _rows(groups: Sequence[LimeGroup], language: str) -> Iterator[Row]:
    """Yield groups, questions, rows and options in one language; numbers are the same in every language."""
    number = 0
    for group in groups:
        place = str(group.number - 1)
        name = group_name(group, language)
        yield {"id": str(group.number), "class": "G", "type/scale": place, "name": name, "relevance": "1",
               "language": language}  # fmt: skip
        for question in group.questions:
            number += 1
            yield from _question(question, number, language)
            number += len(question.rows)


def _question(question: LimeQuestion, number: int, language: str) -> Iterator[Row]:
    asked = {"relevance": "1", "language": language, "mandatory": "N", "other": "N", "same_default": "0"}
    own = {"id": str(number), "class": "Q", "type/scale": question.kind, "name": question.code}
    yield own | asked | {"text": as_html(said(question.texts, language))} | dict(question.attributes)
    for place, row in enumerate(question.rows, start=1):
        sub = {"id": str(number + place), "class": "SQ", "name": row.code}
        yield sub | asked | {"text": as_html(said(row.texts, language))}
    for answer in question.answers:
        option = {"id": str(number), "class": "A", "type/scale": "0", "name": answer.code, "assessment_value": "0"}
        yield option | {"text": as_html(said(answer.texts, language)), "language": language}
