"""A survey platform on 127.0.0.1 that speaks one of five protocols, and fails when it is told to.

``FakePlatform(kind)`` holds questions and responses in memory; each protocol is a file ``fake_<kind>.py``.

    with FakePlatform("qualtrics") as platform:
        first = platform.respond(TW_1="4")
        platform.edit(first, TW_1="5")
        platform.delete(first)
        platform.change_question("TW_1", text="We plan alone.")
        platform.outage("busy", times=2)

Outages, each for so many requests that it concerns:

- any request: ``busy`` (429 with Retry-After), ``broken`` (500), ``cut`` (the connection ends within the answer),
  ``expired`` (401);
- files: ``truncated`` (a zip without its end; Qualtrics);
- lists of ids: ``empty`` (no response is listed);
- deliveries: ``dropped`` (the first response is left out), ``repeated`` (every response comes twice);
- continuation: ``forgotten`` (the token is not known any more; Qualtrics).

Where ``repeats_partners`` is true the form repeats a group ``partners`` (Kobo, ODK), and where ``repeats_within`` is
too, each of its repetitions repeats a group ``visits``. Where ``tells_modifications`` is false, lists of ids do not say
when responses were last modified (Qualtrics).
"""

import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from urllib.parse import parse_qsl, urlsplit

from tests.fake_requests import TOKEN, USER, Reply, Request

OPTIONS = {"1": "Strongly disagree", "2": "Disagree", "3": "Neither", "4": "Agree", "5": "Strongly agree"}
TEXTS = {
    "TW_1": "We plan together.",
    "TW_2": "We decide together.",
    "TW_3": "We learn together.",
    "TR_1": "I trust my colleagues.",
    "TR_2": "My colleagues trust me.",
    "TR_3": "I check what my colleagues say.",
}
ASKED_FOR = 7
ANY_REQUEST = ("busy", "broken", "cut", "expired")
__all__ = ["KINDS", "TOKEN", "FakePlatform"]
KINDS = ("qualtrics", "redcap", "kobo", "odk", "limesurvey")


@dataclass
class Question:
    """One question with one answer of a list."""

    text: str
    options: dict[str, str] = field(default_factory=lambda: dict(OPTIONS))


@dataclass
class Response:
    """One response and when it was last modified, by a counter."""

    answers: dict[str, str]
    modified: int
    partners: tuple[str, ...] = ()


class FakePlatform:
    """One survey on one platform."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.questions = {name: Question(text) for name, text in TEXTS.items()}
        self.responses: dict[str, Response] = {}
        self.requests: list[Request] = []
        self.outages: Counter[str] = Counter()
        self.kept: dict[str, dict] = {}
        self.clock = 0
        self.tells_modifications = True
        self.repeats_partners = self.repeats_within = False
        self._lock = threading.Lock()
        self._answer = import_module(f"tests.fake_{kind}").answer
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> "FakePlatform":
        """Begin to listen."""
        self.start()
        return self

    def __exit__(self, *_) -> None:
        """Stop listening."""
        self.stop()

    def start(self) -> None:
        """Listen, again at the same address after a stop."""
        port = 0 if self._server is None else self._server.server_address[1]
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Let connections be refused."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Address."""
        assert self._server is not None
        ending = {"redcap": "/api/", "limesurvey": "/admin/remotecontrol"}
        return f"http://127.0.0.1:{self._server.server_address[1]}{ending.get(self.kind, '')}"

    @property
    def pull(self) -> str:
        """The section ``pull`` of study.yaml, as YAML on one line."""
        more = {
            "qualtrics": "survey: SV_1",
            "limesurvey": f"survey: '998192', user: {USER}",
            "kobo": "survey: aBcDeF",
            "odk": f"survey: teamwork, project: 3, user: {USER}",
            "redcap": "secret: redcap",
        }
        return f"{{platform: {self.kind}, url: '{self.url}', {more[self.kind]}}}"

    def respond(self, **answers: str) -> str:
        """Add a response; questions without an answer get a 4."""
        with self._lock:
            self.clock += 1
            number = self.clock
            known = {"qualtrics": f"R_{number:05d}", "kobo": f"u{number:05d}", "odk": f"uuid:o{number:05d}"}
            name = known.get(self.kind, str(number))
            given = {**dict.fromkeys(self.questions, "4"), "organisation": f"org{number % 4}", **answers}
            self.responses[name] = Response(given, number)
            return name

    def edit(self, name: str, **answers: str) -> None:
        """Change a response."""
        with self._lock:
            self.clock += 1
            self.responses[name].answers.update(answers)
            self.responses[name].modified = self.clock

    def meet(self, name: str, *partners: str) -> None:
        """Let a response name partners, one in each repetition of a group (Kobo, ODK)."""
        with self._lock:
            self.clock += 1
            self.responses[name].partners = partners
            self.responses[name].modified = self.clock

    def delete(self, name: str) -> None:
        """Delete a response."""
        with self._lock:
            del self.responses[name]

    def change_question(self, name: str, text: str | None = None, options: dict[str, str] | None = None) -> None:
        """Change a question, or ask a new one."""
        with self._lock:
            before = self.questions.get(name, Question(""))
            self.questions[name] = Question(
                before.text if text is None else text, before.options if options is None else options
            )

    def outage(self, kind: str, times: int = 1) -> None:
        """Fail so many times."""
        self.outages[kind] += times

    def fails(self, kind: str) -> bool:
        """Say whether a failure is due, and count it."""
        with self._lock:
            is_due = self.outages[kind] > 0
            self.outages[kind] -= int(is_due)
            return is_due

    def listed(self) -> list[str]:
        """List the ids of all responses."""
        return [] if self.fails("empty") else list(self.responses)

    def delivered(self, since: int = 0) -> list[tuple[str, Response]]:
        """Return responses as a delivery has them."""
        found = sorted(
            (each for each in self.responses.items() if each[1].modified > since), key=lambda e: e[1].modified
        )
        if found and self.fails("dropped"):
            found = found[1:]
        return found * 2 if found and self.fails("repeated") else found

    def reply(self, request: Request) -> Reply:
        """Answer a request."""
        self.requests.append(request)
        if self.fails("busy"):
            return Reply(429, b"slow down", {"Retry-After": str(ASKED_FOR)})
        if self.fails("broken"):
            return Reply(500, b"internal error")
        if self.fails("expired"):
            return Reply(401, b"who are you")
        return self._answer(self, request)


def _handler(platform: FakePlatform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = platform.reply(Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body))
            content, is_cut = _part_of(reply, headers), platform.fails("cut")
            status = 206 if content is not reply.content else reply.status
            self.send_response(status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if status == 206:
                first = len(reply.content) - len(content)
                self.send_header("Content-Range", f"bytes {first}-{len(reply.content) - 1}/{len(reply.content)}")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if is_cut else content)
            self.close_connection = is_cut

        do_GET = do_POST = _serve  # noqa: N815 - as the library calls them

        def log_message(self, *_) -> None:
            """Keep quiet."""

    return Handler


def _part_of(reply: Reply, headers: dict[str, str]) -> bytes:
    """Return the rest of a file from the byte that was asked for."""
    first = headers.get("range", "").removeprefix("bytes=").removesuffix("-")
    is_part = reply.headers.get("Accept-Ranges") == "bytes" and first.isdigit() and int(first) < len(reply.content)
    return reply.content[int(first) :] if is_part else reply.content
