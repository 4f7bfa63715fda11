"""How the fake platform speaks LimeSurvey's RemoteControl 2: JSON-RPC, errors as a status, exports in base64."""

import base64
import json

from tests.fake_qualtrics import table
from tests.fake_requests import TOKEN, USER, Reply

KEY = "session-key-of-a-fake"
SURVEY = 998192


def answer(platform, request):
    sent = json.loads(request.body)
    result = call(platform, sent["method"], sent["params"])
    return Reply(content=json.dumps({"id": sent["id"], "result": result, "error": None}).encode())


def call(platform, method, params):
    if method == "get_session_key":
        return KEY if params[:2] == [USER, TOKEN] else {"status": "Invalid user name or password"}
    if method == "release_session_key":
        return "OK"
    if params[0] != KEY:
        return {"status": "Invalid session key"}
    if method == "list_questions":
        names = enumerate(platform.questions.items(), start=1)
        return [
            {
                "qid": str(n),
                "title": name.replace("_", ""),
                "question": f"<p>{each.text}</p>",
                "type": "L",
                "parent_qid": "0",
            }
            for n, (name, each) in names
        ]
    if method == "get_question_properties":
        question = list(platform.questions.values())[int(params[1]) - 1]
        return {"answeroptions": {code: {"answer": label, "order": code} for code, label in question.options.items()}}
    assert method == "export_responses"
    assert params[1] == SURVEY
    content = responses(platform, params[9] if len(params) > 9 else None)
    return content if isinstance(content, dict) else base64.b64encode(content).decode()


def responses(platform, fields):
    if fields == ["id"]:
        found = platform.listed()
        return table([["id"], *([name] for name in found)]) if found else {"status": "No Data, could not get max id."}
    names = list(platform.questions)
    head = ["id", "submitdate", "lastpage", "startlanguage", "startdate", "datestamp", "organisation"]
    rows = [[*head, *(name.replace("_", "") for name in names)]]
    for name, response in platform.delivered():
        stamp = "2026-03-01 10:00:00"
        given = [response.answers.get(each, "") for each in names]
        rows.append([name, stamp, "3", "en", stamp, stamp, response.answers["organisation"], *given])
    return table(rows) if len(rows) > 1 else {"status": "No Data, could not get max id."}
