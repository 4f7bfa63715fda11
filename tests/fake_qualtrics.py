"""How the fake platform speaks Qualtrics' API v3."""

import csv
import io
import json
import zipfile

from tests.fake_requests import TOKEN, Reply

DAY = "2026-03-{:02d} 10:{:02d}:{:02d}"
META = {
    "StartDate": "startDate",
    "EndDate": "endDate",
    "Status": "status",
    "Progress": "progress",
    "Duration (in seconds)": "duration",
    "Finished": "finished",
    "RecordedDate": "recordedDate",
    "ResponseId": "_recordId",
    "UserLanguage": "userLanguage",
}


def answer(platform, request):  # noqa: PLR0911 - one return an address
    if request.headers.get("x-api-token") != TOKEN:
        return Reply(401)
    if request.path == "/API/v3/survey-definitions/SV_1":
        return Reply(content=json.dumps({"result": definition(platform)}).encode())
    base = "/API/v3/surveys/SV_1/export-responses"
    if not request.path.startswith(base):
        return Reply(404)
    rest = request.path.removeprefix(base).strip("/")
    if request.method == "POST":
        return made(platform, json.loads(request.body))
    if rest.endswith("/file"):
        return file(platform, rest.removesuffix("/file"))
    job = platform.kept.get(rest)
    if job is None:
        return Reply(404)
    job["polls"] += 1
    if job["polls"] < 2:
        return Reply(content=json.dumps({"result": {"status": "inProgress", "percentComplete": 50}}).encode())
    result = {"status": "complete", "percentComplete": 100, "fileId": rest, "continuationToken": job["token"]}
    return Reply(content=json.dumps({"result": result}).encode())


def made(platform, body):
    token = body.get("continuationToken")
    if token is not None and platform.fails("forgotten"):
        return Reply(400, b'{"meta": {"error": {"errorCode": "ECT_1"}}}')
    if token is not None and "allowContinuation" in body:
        return Reply(400)
    name = f"ES_{len(platform.kept) + 1}"
    since = int(token.removeprefix("since-")) if token else 0
    content = ids(platform, body) if body.get("surveyMetadataIds") == ["_recordId"] else answers(platform, since)
    new_token = f"since-{platform.clock}" if token or body.get("allowContinuation") else None
    platform.kept[name] = {"content": content, "token": new_token, "polls": 0}
    return Reply(
        content=json.dumps({"result": {"progressId": name, "percentComplete": 0, "status": "inProgress"}}).encode()
    )


def file(platform, name):
    if name not in platform.kept:
        return Reply(404)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../Wørk & trust?.csv", platform.kept[name]["content"])
    content = packed.getvalue()
    content = content[: len(content) * 2 // 3] if platform.fails("truncated") else content
    return Reply(content=content, headers={"Accept-Ranges": "bytes"})


def ids(platform, body):
    told = bool(body.get("sortByLastModifiedDate")) and platform.tells_modifications
    heads = [("ResponseId", "LastModifiedDate"), ("Response ID", "Last Modified Date")]
    own = [json.dumps({"ImportId": each}) for each in ("_recordId", "lastModifiedDate")]
    rows = [(name, modified_at(platform.responses[name])) for name in platform.listed()]
    return table([row[: 1 + told] for row in (*heads, own, *rows)])


def modified_at(response):
    return DAY.format(28, response.modified // 60 % 60, response.modified % 60)


def answers(platform, since):
    names = list(platform.questions)
    tags = [*META, *names, "organisation", "LastModifiedDate"]
    texts = [*META, *(platform.questions[name].text for name in names), "organisation", "Last Modified Date"]
    own = [*META.values(), *(f"QID{names.index(name) + 1}" for name in names), "organisation", "lastModifiedDate"]
    rows = [tags, texts, [json.dumps({"ImportId": each}) for each in own]]
    for name, response in platform.delivered(since):
        number = int(name.removeprefix("R_"))
        start = DAY.format(1 + number % 27, number % 60, 0)
        meta = [start, start, "0", "100", "300", "1", start, name, "EN"]
        given = [response.answers.get(each, "") for each in names]
        rows.append([*meta, *given, response.answers["organisation"], modified_at(response)])
    return table(rows)


def table(rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def definition(platform):
    questions = {
        f"QID{number}": {
            "QuestionID": f"QID{number}",
            "QuestionText": question.text,
            "DataExportTag": name,
            "QuestionType": "MC",
            "Selector": "SAVR",
            "SubSelector": "TX",
            "Choices": {code: {"Display": label} for code, label in question.options.items()},
            "ChoiceOrder": list(question.options),
            "RecodeValues": {code: code for code in question.options},
        }
        for number, (name, question) in enumerate(platform.questions.items(), start=1)
    }
    block = {
        "Type": "Default",
        "ID": "BL_1",
        "Description": "Block",
        "BlockElements": [{"Type": "Question", "QuestionID": name} for name in questions],
    }
    return {
        "SurveyID": "SV_1",
        "SurveyName": "Teamwork",
        "SurveyOptions": {"SurveyLanguage": "EN"},
        "Questions": questions,
        "Blocks": {"BL_1": block},
        "SurveyFlow": {"Type": "Root", "FlowID": "FL_1", "Flow": [{"Type": "Block", "ID": "BL_1", "FlowID": "FL_2"}]},
    }
