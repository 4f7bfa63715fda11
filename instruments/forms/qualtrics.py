"""A form → a Qualtrics survey file (QSF), one block a section, with every translation.

Ids are made from the form's name, so that the same form is always the same file. Single questions are in
``qualtrics_questions``; the file was never imported into a live account, see ``docs/how-to``.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from instruments.forms.pages import Page, pages_of, said
from instruments.forms.qualtrics_questions import Wording, described, descriptive, question
from instruments.forms.spec import Form
from instruments.spec import Instrument
from instruments.spec_file import Texts

_ID_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH_OF_IDS = 15
_LANGUAGE_CODES = {"nb": "NO", "nn": "NO", "no": "NO"}
_NEVER = "0000-00-00 00:00:00"
Json = dict[str, Any]


def write_qsf(form: Form, instruments: Mapping[str, Instrument], labels: Mapping[str, Texts]) -> bytes:
    """Write a form as a QSF.

    Args:
        form: The form, free of faults.
        instruments: Instruments as asked, by name.
        labels: Slot → label by language.

    Returns:
        JSON in UTF-8.

    Raises:
        UsageError: When a text is missing in a language.
    """
    pages = pages_of(form, instruments, labels)
    survey = _id_of("SV", form.name)
    blocks = list(_blocks(form, pages))
    questions = [each for _, of_block in blocks for each in of_block]
    elements = [
        ("BL", "Survey Blocks", None, [block for block, _ in blocks] + [_trash(form)]),
        ("FL", "Survey Flow", None, _flow([block["ID"] for block, _ in blocks])),
        ("SO", "Survey Options", None, _options(form)),
        ("SCO", "Scoring", None, _scoring()),
        ("STAT", "Survey Statistics", None, {"MobileCompatible": False, "ID": "Survey Statistics"}),
        ("QC", "Survey Question Count", str(len(questions)), None),
        ("RS", _id_of("RS", form.name), "Default Response Set", None),
        *(("SQ", each["QuestionID"], each["QuestionDescription"], each) for each in questions),
    ]
    whole = {"SurveyEntry": _entry(form, survey), "SurveyElements": [_element(survey, *each) for each in elements]}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def language_code(language: str) -> str:
    """Return Qualtrics' code of a language."""
    return _LANGUAGE_CODES.get(language, language.upper())


def _id_of(kind: str, *names: str) -> str:
    """Make an id like those of Qualtrics, always the same for the same names."""
    number = int.from_bytes(hashlib.sha256("/".join((kind, *names)).encode()).digest(), "big")
    letters: list[str] = []
    for _ in range(_LENGTH_OF_IDS):
        number, place = divmod(number, len(_ID_LETTERS))
        letters.append(_ID_LETTERS[place])
    return f"{kind}_{''.join(letters)}"


def _blocks(form: Form, pages: Sequence[Page]) -> Iterator[tuple[Json, list[Json]]]:
    """Yield every block with its questions, numbered through the survey; the introduction has a block of its own."""
    others = {language_code(language): language for language in form.languages[1:]}
    wording = Wording(form.languages[0], others)
    number = 0
    read_first = [("introduction", form.introduction)] if form.introduction else []
    of_pages = [(page.number, *_contents(page)) for page in pages]
    for place, name, texts, page in [(0, "introduction", read_first, None), *of_pages]:
        made: list[Json] = []
        for tag, text in texts:
            number += 1
            made.append(descriptive(f"QID{number}", tag, text, wording))
        for count, block in enumerate(page.blocks if page else (), start=1):
            number += 1
            made.append(question(f"QID{number}", f"grid_{place}_{count}", block, wording))
        if made:
            yield _block(form, place, name, made), made


def _contents(page: Page) -> tuple[str, list[tuple[str, Texts]], Page]:
    """Return the name of a page's block, and the texts that are read before its questions by tag."""
    texts = [(f"heading_{page.number}", page.title), (f"text_{page.number}", page.text)]
    return f"section {page.number}", [(tag, text) for tag, text in texts if text], page


def _block(form: Form, place: int, name: str, questions: Sequence[Json]) -> Json:
    return {
        "Type": "Standard" if place else "Default",
        "Description": name,
        "ID": _id_of("BL", form.name, str(place)),
        "BlockElements": [{"Type": "Question", "QuestionID": each["QuestionID"]} for each in questions],
        "Options": {"BlockLocking": "false", "RandomizeQuestions": "false", "BlockVisibility": "Expanded"},
    }


def _trash(form: Form) -> Json:
    return {
        "Type": "Trash",
        "Description": "Trash / Unused Questions",
        "ID": _id_of("BL", form.name, "trash"),
        "BlockElements": [],
    }


def _flow(blocks: Sequence[str]) -> Json:
    steps = [{"ID": block, "Type": "Block", "FlowID": f"FL_{place}"} for place, block in enumerate(blocks, start=2)]
    return {"Flow": steps, "Properties": {"Count": len(blocks) + 1}, "FlowID": "FL_1", "Type": "Root"}


def _options(form: Form) -> Json:
    """Return the survey's options: nobody is made to answer, nothing of a place is kept, one may go back."""
    return {
        "BackButton": "true",
        "SaveAndContinue": "true",
        "SurveyProtection": "PublicSurvey",
        "BallotBoxStuffingPrevention": "false",
        "NoIndex": "Yes",
        "SecureResponseFiles": "true",
        "SurveyExpiration": "None",
        "SurveyTermination": "DefaultMessage",
        "Header": "",
        "Footer": "",
        "ProgressBarDisplay": "None",
        "PartialData": "+1 week",
        "ValidationMessage": "",
        "PreviousButton": " ← ",
        "NextButton": " → ",
        "SurveyTitle": said(form.title, form.languages[0]),
        "CollectGeoLocation": "false",
        "NewScoring": 1,
        "AvailableLanguages": {language_code(language): [] for language in form.languages},
    }


def _scoring() -> Json:
    return {
        "ScoringCategories": [],
        "ScoringCategoryGroups": [],
        "ScoringSummaryCategory": None,
        "ScoringSummaryAfterQuestions": 0,
        "ScoringSummaryAfterSurvey": 0,
        "DefaultScoringCategory": None,
        "AutoScoringCategory": None,
    }


def _entry(form: Form, survey: str) -> Json:
    return {
        "SurveyID": survey,
        "SurveyName": said(form.title, form.languages[0]),
        "SurveyDescription": described(f"{form.name} {form.version}"),
        "SurveyOwnerID": "",
        "SurveyBrandID": "",
        "DivisionID": None,
        "SurveyLanguage": language_code(form.languages[0]),
        "SurveyActiveResponseSet": _id_of("RS", form.name),
        "SurveyStatus": "Inactive",
        "SurveyStartDate": _NEVER,
        "SurveyExpirationDate": _NEVER,
        "SurveyCreationDate": _NEVER,
        "CreatorID": "",
        "LastModified": _NEVER,
        "LastAccessed": _NEVER,
        "LastActivated": _NEVER,
        "Deleted": None,
    }


def _element(survey: str, kind: str, first: str, second: str | None, payload: object) -> Json:
    return {
        "SurveyID": survey,
        "Element": kind,
        "PrimaryAttribute": first,
        "SecondaryAttribute": second,
        "TertiaryAttribute": None,
        "Payload": payload,
    }
