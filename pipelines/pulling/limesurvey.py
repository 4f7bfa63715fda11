"""LimeSurvey, RemoteControl 2, carried by citric: there is no filter for what was modified, so everything is fetched.

Errors arrive as a status within an answer that went well.
"""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import requests
from citric import Client
from citric.exceptions import LimeSurveyError, LimeSurveyStatusError

from instruments.faults import EnvironmentFault
from pipelines.pulling.delivery import Delivery, of_records, rows_of_csv
from pipelines.pulling.http import LARGEST_ANSWER, SECONDS
from pipelines.pulling.patience import Clock, Refused, patiently
from pipelines.pulling.questions import Asked, Questions
from pipelines.pulling.secrets import Secret
from pipelines.pulling.state import Pieces
from pipelines.sections.pulling import LOCAL_HOSTS, Pull

_Told = TypeVar("_Told")
READ_AT_ONCE = 65_536
_NO_RESPONSES = "no data"
_NO_SURVEY = ("invalid survey", "no permission")
_MARKUP = re.compile(r"<[^>]*>")


class _PatientSession(requests.Session):
    """A session that waits faults out, follows no redirection, and reads no more than it should."""

    def __init__(self, pull: Pull, secret: Secret, clock: Clock) -> None:
        super().__init__()
        self._clock, self._where = clock, secret.where
        self.trust_env = not any(f"//{host}" in pull.url for host in LOCAL_HOSTS)

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **more: Any) -> requests.Response:  # noqa: ANN401 - as requests has it
        """Send a request until it is answered."""
        place = f"{method!s} {url!s}"

        def once() -> requests.Response:
            sent = {**more, "timeout": SECONDS, "allow_redirects": False, "stream": True}
            answer = super(_PatientSession, self).request(method, url, *args, **sent)
            content = bytearray()
            with answer:
                for chunk in answer.iter_content(READ_AT_ONCE):
                    content.extend(chunk)
                    if len(content) > LARGEST_ANSWER:
                        raise EnvironmentFault(f"{place}: the answer is larger than {LARGEST_ANSWER // 1_000_000} MB")
            vars(answer)["_content"] = bytes(content)
            return answer

        broken = (requests.RequestException, OSError)
        return patiently(once, broken, self._clock, place, self._where)


class LimeSurvey:
    """One survey in LimeSurvey."""

    structure_suffix = ""

    def __init__(self, pull: Pull, secret: Secret, clock: Clock) -> None:
        self._survey, self._place, self._where = int(pull.survey), f"POST {pull.url}", secret.where
        self._session = _PatientSession(pull, secret, clock)
        try:
            self._client = self._told(lambda: Client(pull.url, pull.user, secret.text, requests_session=self._session))
        except BaseException:
            self._session.close()
            raise

    def structure(self) -> bytes:
        """Fetch nothing: the interface gives no file that defines a survey."""
        return b""

    def questions(self, structure: Path) -> Questions:
        """Return what the survey asks, as the interface lists it."""
        del structure
        listed = [dict(each) for each in self._told(lambda: self._client.list_questions(self._survey))]
        names = {str(each["qid"]): str(each["title"]) for each in listed}
        found: dict[str, Asked] = {}
        for each in listed:
            parent = names.get(str(each.get("parent_qid") or 0))
            title = f"{parent}[{each['title']}]" if parent else str(each["title"])
            options = {} if parent else self._options(int(each["qid"]))
            found[title] = Asked(_plain(each.get("question")), str(each.get("type")), options)
        return found

    def listed(self) -> dict[str, str]:
        """Fetch the id of every response."""
        return dict.fromkeys(self._delivery(self._responses(["id"])).rows, "")

    def delivered(self, pieces: Pieces, token: str) -> Delivery:
        """Fetch every response."""
        del token
        return self._delivery(pieces.kept("responses.csv", lambda: self._responses(None)))

    def close(self) -> None:
        """Sign out; a session that is not ended expires by itself."""
        try:
            self._client.close()
        except (LimeSurveyError, EnvironmentFault, Refused):
            self._session.close()

    def _options(self, question: int) -> dict[str, str]:
        said = self._told(lambda: self._client.get_question_properties(question, settings=["answeroptions"]))
        options = cast("dict[str, Any]", said).get("answeroptions")
        return (
            {str(code): _plain(each.get("answer")) for code, each in options.items()}
            if isinstance(options, dict)
            else {}
        )

    def _responses(self, fields: list[str] | None) -> bytes:
        try:
            return self._client.export_responses(self._survey, file_format="csv", fields=fields)
        except LimeSurveyStatusError as error:
            if str(error).lower().startswith(_NO_RESPONSES):
                return b""
            raise self._fault(error) from None
        except (LimeSurveyError, json.JSONDecodeError) as error:
            raise self._fault(error) from None

    def _delivery(self, content: bytes) -> Delivery:
        first = content.decode("utf-8-sig", errors="replace").partition("\n")[0]
        rows = rows_of_csv(content, self._place, ";" if first.count(";") > first.count(",") else ",")
        if not rows:
            return Delivery((), {})
        return of_records((dict(zip(rows[0], row, strict=True)) for row in rows[1:]), rows[0], "id")

    def _told(self, call: Callable[[], _Told]) -> _Told:
        try:
            return call()
        except (LimeSurveyError, json.JSONDecodeError) as error:
            raise self._fault(error) from None

    def _fault(self, error: Exception) -> Exception:
        """Return an error of our own; the status itself may repeat what was sent."""
        status = str(error).lower()
        if any(each in status for each in _NO_SURVEY):
            return Refused(200, f"{self._place}: there is no survey {self._survey} that the user may read")
        if "session key" in status or "user name" in status or "password" in status:
            return EnvironmentFault(f"{self._place}: the platform refuses the user or {self._where}: set it anew")
        return EnvironmentFault(
            f"{self._place}: LimeSurvey reports a fault ({type(error).__name__}); is its JSON-RPC on?"
        )


def _plain(text: object) -> str:
    return " ".join(html.unescape(_MARKUP.sub(" ", str(text or ""))).split())
