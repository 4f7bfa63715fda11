"""How the fake platform speaks REDCap's API."""

from urllib.parse import parse_qsl

from tests.fake_qualtrics import table
from tests.fake_requests import TOKEN, Reply

COLUMNS = (
    "field_name", "form_name", "section_header", "field_type", "field_label", "select_choices_or_calculations",
    "field_note", "text_validation_type_or_show_slider_number", "text_validation_min", "text_validation_max",
    "identifier", "branching_logic", "required_field", "custom_alignment", "question_number", "matrix_group_name",
    "matrix_ranking", "field_annotation",
)  # fmt: skip


def answer(platform, request):
    sent = dict(parse_qsl(request.body.decode()))
    if sent.get("token") != TOKEN:
        return Reply(403, b'{"error": "You do not have permissions to use the API"}')
    if sent.get("content") == "metadata":
        return Reply(content=table(dictionary(platform)))
    if sent.get("content") != "record":
        return Reply(400)
    fields = {value for name, value in sent.items() if name.startswith("fields")}
    records = {value for name, value in sent.items() if name.startswith("records")}
    if fields == {"record_id"}:
        return Reply(content=table([["record_id"], *([name] for name in platform.listed())]))
    names = list(platform.questions)
    rows = [["record_id", "organisation", *(name.lower() for name in names), "teamwork_complete"]]
    for name, response in platform.delivered():
        if not records or name in records:
            given = [response.answers.get(each, "") for each in names]
            rows.append([name, response.answers["organisation"], *given, "2"])
    return Reply(content=table(rows))


def dictionary(platform):
    rows = [COLUMNS, field("record_id", "text", "Record"), field("organisation", "text", "Organisation")]
    for name, question in platform.questions.items():
        choices = " | ".join(f"{code}, {label}" for code, label in question.options.items())
        rows.append(field(name.lower(), "radio", question.text, choices))
    return rows


def field(name, kind, label, choices=""):
    given = {"field_name": name, "form_name": "teamwork", "field_type": kind, "field_label": label}
    given["select_choices_or_calculations"] = choices
    return [given.get(column, "") for column in COLUMNS]
