"""How the fake platform speaks KoboToolbox' API v2: pages of submissions as JSON, the form as an XLSForm."""

import io
import json

from openpyxl import Workbook

from tests.fake_requests import TOKEN, Reply

MOST_ON_A_PAGE = 7


def answer(platform, request):
    if request.headers.get("authorization") != f"Token {TOKEN}":
        return Reply(401)
    if request.path == "/api/v2/assets/aBcDeF.xls":
        return Reply(content=xlsform(platform))
    if request.path != "/api/v2/assets/aBcDeF/data/":
        return Reply(404)
    start = int(request.query.get("start", 0))
    if "fields" in request.query:
        found = [{"_uuid": name} for name in platform.listed()]
    else:
        found = [submission(platform, name, each) for name, each in platform.delivered()]
    size = min(MOST_ON_A_PAGE, int(request.query.get("limit", 100)))
    rest = len(found) > start + size
    more = "".join(f"&{name}={value}" for name, value in request.query.items() if name not in ("start", "limit"))
    address = f"{platform.url}{request.path}?start={start + size}&limit={size}{more}"
    page = {"count": len(found), "next": address if rest else None, "results": found[start : start + size]}
    return Reply(content=json.dumps(page).encode())


def submission(platform, name, response):
    given = {f"work/{each}": response.answers[each] for each in platform.questions if each in response.answers}
    return {
        "_id": int(name[1:]),
        "_uuid": name,
        "_submission_time": "2026-03-01T10:00:00",
        "organisation": response.answers["organisation"],
        **given,
        **({"partners": [partner(platform, each) for each in response.partners]} if response.partners else {}),
        "_attachments": [],
        "_geolocation": [None, None],
        "_tags": [],
        "_notes": [],
        "_validation_status": {},
        "_submitted_by": None,
        "__version__": "v1",
    }


def partner(platform, name):
    visits = {"partners/visits": [{"partners/visits/day": "Monday"}]} if platform.repeats_within else {}
    return {"partners/partner": name, **visits}


def xlsform(platform):
    book = Workbook()
    survey = book.active
    survey.title = "survey"
    survey.append(["type", "name", "label"])
    survey.append(["text", "organisation", "Organisation"])
    survey.append(["begin_group", "work", "Work"])
    choices = book.create_sheet("choices")
    choices.append(["list_name", "name", "label"])
    for name, question in platform.questions.items():
        survey.append([f"select_one of_{name}", name, question.text])
        for code, label in question.options.items():
            choices.append([f"of_{name}", code, label])
    survey.append(["end_group", "", ""])
    if platform.repeats_partners:
        survey.append(["begin_repeat", "partners", "Partners"])
        survey.append(["text", "partner", "Which partner?"])
        if platform.repeats_within:
            survey.append(["begin_repeat", "visits", "Visits"])
            survey.append(["text", "day", "On which day?"])
            survey.append(["end_repeat", "", ""])
        survey.append(["end_repeat", "", ""])
    book.create_sheet("settings").append(["form_title", "form_id"])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
