"""How the fake platform speaks ODK Central's API."""

import json

from tests.fake_kobo import xlsform
from tests.fake_qualtrics import table
from tests.fake_requests import TOKEN, USER, Reply

SESSION = "session-of-a-fake"


def answer(platform, request):
    if request.path == "/v1/sessions":
        given = json.loads(request.body)
        is_known = given == {"email": USER, "password": TOKEN}
        return Reply(content=json.dumps({"token": SESSION}).encode()) if is_known else Reply(401)
    if request.headers.get("authorization") != f"Bearer {SESSION}":
        return Reply(401)
    form = "/v1/projects/3/forms/teamwork"
    if request.path == f"{form}.xlsx":
        return Reply(content=xlsform(platform))
    if request.path == f"{form}/submissions":
        return Reply(content=json.dumps([{"instanceId": name} for name in platform.listed()]).encode())
    if request.path != f"{form}/submissions.csv":
        return Reply(404)
    names = list(platform.questions)
    rows = [
        ["SubmissionDate", "organisation", *(f"work-{name}" for name in names), "KEY", "SubmitterID", "ReviewState"]
    ]
    for name, response in platform.delivered():
        given = [response.answers.get(each, "") for each in names]
        rows.append(["2026-03-01T10:00:00.000Z", response.answers["organisation"], *given, name, "5", ""])
    return Reply(content=table(rows))
