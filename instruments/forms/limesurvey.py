"""A form → a LimeSurvey survey structure (``.lss``), with every language.

Put here the tables of the file; what the survey consists of is in ``limesurvey_questions``. The file was never imported
into a live installation, see ``docs/how-to``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from instruments.forms.limesurvey_questions import LimeGroup, LimeQuestion, as_html, groups_of, survey_number
from instruments.forms.pages import said
from instruments.forms.spec import Form
from instruments.spec import Instrument
from instruments.spec_file import Texts

DATABASE_VERSION = "495"
Row = dict[str, str]
Tables = dict[str, list[Row]]


def write_lss(form: Form, instruments: Mapping[str, Instrument], labels: Mapping[str, Texts]) -> bytes:
    """Write a form as an ``.lss`` file.

    Args:
        form: The form, free of faults.
        instruments: Instruments as asked, by name.
        labels: Slot → label by language.

    Returns:
        XML in UTF-8.

    Raises:
        UsageError: When a text is missing in a language, or LimeSurvey does not take the form.
    """
    groups = groups_of(form, instruments, labels)
    tables = _Tables(form).of(groups)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', "<document>", " <LimeSurveyDocType>Survey</LimeSurveyDocType>"]
    parts += [f" <DBVersion>{DATABASE_VERSION}</DBVersion>", " <languages>"]
    parts += [f"  <language>{escape(language)}</language>" for language in form.languages]
    parts += [" </languages>", *(line for name, rows in tables.items() for line in _table(name, rows)), "</document>"]
    return "\n".join([*parts, ""]).encode()


def settings_of(form: Form, groups: Sequence[LimeGroup]) -> Row:
    """Return the survey's settings that are not LimeSurvey's defaults.

    Groups are pages; the days of answers are kept, addresses of respondents are not.
    """
    return {
        "sid": survey_number(form),
        "gsid": "1",
        "admin": "inherit",
        "adminemail": "inherit",
        "format": "G",
        "language": form.languages[0],
        "additional_languages": " ".join(form.languages[1:]),
        "datestamp": "Y",
        "allowprev": "Y",
        "ipaddr": "N",
        "refurl": "N",
        "showwelcome": "Y" if form.introduction else "N",
        "showgroupinfo": "N" if any(group.title for group in groups) else "X",
    }


def greeting_of(form: Form, language: str) -> Row:
    """Return what the survey says in a language before the first question."""
    return {
        "surveyls_survey_id": survey_number(form),
        "surveyls_language": language,
        "surveyls_title": said(form.title, language),
        "surveyls_welcometext": as_html(said(form.introduction, language)),
        "surveyls_dateformat": "6",
        "surveyls_numberformat": "0",
    }


def group_name(group: LimeGroup, language: str) -> str:
    """Return the name of a group; its number where the form has no heading, as LimeSurvey wants a name."""
    return said(group.title, language) or str(group.number)


class _Tables:
    """The tables of one file; numbers are counted from 1 in the order in which things are written."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._survey = survey_number(form)
        self._found: Tables = {
            name: []
            for name in (
                "answers", "answer_l10ns", "groups", "group_l10ns", "questions", "subquestions", "question_l10ns",
                "question_attributes",
            )
        }  # fmt: skip
        self._n_questions = 0

    def of(self, groups: Sequence[LimeGroup]) -> Tables:
        """Return the tables by name, without empty ones."""
        for group in groups:
            gid = str(group.number)
            own = {"gid": gid, "sid": self._survey, "group_order": gid, "randomization_group": "", "grelevance": "1"}
            self._found["groups"].append(own)
            self._say("group_l10ns", lambda language, group=group: {"group_name": group_name(group, language)}, own)
            for place, question in enumerate(group.questions, start=1):
                self._question(question, gid, place)
        greetings = [greeting_of(self._form, language) for language in self._form.languages]
        last = {"surveys": [settings_of(self._form, groups)], "surveys_languagesettings": greetings}
        return {name: rows for name, rows in (self._found | last).items() if rows}

    def _question(self, question: LimeQuestion, gid: str, place: int) -> None:
        own = self._asked(question.kind, question.code, "0", gid, place)
        self._found["questions"].append(own)
        self._say_text(question.texts, own["qid"])
        for name, value in question.attributes:
            self._found["question_attributes"].append(
                {"qid": own["qid"], "attribute": name, "value": value, "language": ""}
            )
        for number, row in enumerate(question.rows, start=1):
            sub = self._asked("T", row.code, own["qid"], gid, number)
            self._found["subquestions"].append(sub)
            self._say_text(row.texts, sub["qid"])
        for number, answer in enumerate(question.answers, start=1):
            aid = str(len(self._found["answers"]) + 1)
            option = {"aid": aid, "qid": own["qid"], "code": answer.code, "sortorder": str(number)}
            self._found["answers"].append(option | {"assessment_value": "0", "scale_id": "0"})
            self._say("answer_l10ns", lambda each, a=answer: {"answer": as_html(said(a.texts, each))}, {"aid": aid})

    def _asked(self, kind: str, code: str, parent: str, gid: str, place: int) -> Row:
        self._n_questions += 1
        return {
            "qid": str(self._n_questions),
            "parent_qid": parent,
            "sid": self._survey,
            "gid": gid,
            "type": kind,
            "title": code,
            "other": "N",
            "mandatory": "N",
            "encrypted": "N",
            "question_order": str(place),
            "scale_id": "0",
            "same_default": "0",
            "relevance": "1",
        }

    def _say_text(self, texts: Texts, qid: str) -> None:
        def said_in(language: str) -> Row:
            return {"question": as_html(said(texts, language)), "help": "", "script": ""}

        self._say("question_l10ns", said_in, {"qid": qid})

    def _say(self, table: str, words: Callable[[str], Row], own: Row) -> None:
        for language in self._form.languages:
            number = {"id": str(len(self._found[table]) + 1)}
            self._found[table].append(number | own | words(language) | {"language": language})


def _table(name: str, rows: Sequence[Row]) -> Iterator[str]:
    fields = dict.fromkeys(field for row in rows for field in row)
    yield f" <{name}>"
    yield "  <fields>"
    yield from (f"   <fieldname>{field}</fieldname>" for field in fields)
    yield "  </fields>"
    yield "  <rows>"
    for row in rows:
        yield "   <row>"
        yield from (f"    <{field}>{_cell(text)}</{field}>" for field, text in row.items())
        yield "   </row>"
    yield "  </rows>"
    yield f" </{name}>"


def _cell(text: str) -> str:
    """Return a text as a section of characters; the sign that would end the section is divided over two."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>" if text else ""
