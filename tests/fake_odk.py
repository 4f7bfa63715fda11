"""How the fake platform speaks ODK Central's API."""

import io
import json
import zipfile

from tests.fake_kobo import xlsform
from tests.fake_qualtrics import table
from tests.fake_requests import TOKEN, USER, Reply

SESSION = "session-of-a-fake"


def answer(platform, request):  # noqa: PLR0911 - one return an address
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
    if request.path == f"{form}/submissions.csv":
        return Reply(content=submissions(platform, platform.delivered()))
    if request.path == f"{form}/submissions.csv.zip" and request.query == {"attachments": "false"}:
        return Reply(content=archive(platform), headers={"Accept-Ranges": "bytes"})
    return Reply(404)


def submissions(platform, found):
    names = list(platform.questions)
    rows = [
        ["SubmissionDate", "organisation", *(f"work-{name}" for name in names), "KEY", "SubmitterID", "ReviewState"]
    ]
    for name, response in found:
        given = [response.answers.get(each, "") for each in names]
        rows.append(["2026-03-01T10:00:00.000Z", response.answers["organisation"], *given, name, "5", ""])
    return table(rows)


def archive(platform):
    found = platform.delivered()
    every = [
        (name, f"{name}/partners[{n}]", each) for name, response in found for n, each in enumerate(response.partners, 1)
    ]
    rows = [["partner", "PARENT_KEY", "KEY"], *([each, name, key] for name, key, each in every)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("teamwork.csv", submissions(platform, found))
        zipped.writestr("teamwork-partners.csv", table(rows))
        if platform.repeats_within:
            visits = [["Monday", key, f"{key}/visits[1]"] for _, key, _ in every]
            zipped.writestr("teamwork-visits.csv", table([["day", "PARENT_KEY", "KEY"], *visits]))
    content = packed.getvalue()
    return content[: len(content) * 2 // 3] if platform.fails("truncated") else content
