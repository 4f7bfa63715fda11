"""A mail server and a webhook on 127.0.0.1 that take messages, and fail when a test wants it."""

import asyncio
import base64
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

Outage = Literal["busy", "refused", "drop_after_data", "silent", "hang_up", "hold"]


@dataclass
class MailServer:
    """Takes mail by SMTP.

    Attributes:
        port: Where it listens.
        taken: Mails in the order they came, also those it took and did not say so.
        outages: What goes wrong with the next mails, one each: ``busy`` 451 and ``refused`` 550 at the recipient,
            ``drop_after_data`` takes the mail and closes without a word, ``silent`` never answers, ``hang_up`` closes
            at once, ``hold`` takes the mail and answers when ``go_on`` is set.
        certificate: File with key and certificate; with one it offers STARTTLS.
        users: Name → password of those who may sign in; empty: anybody sends.
        heard: Every line that came before encryption.
    """

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    certificate: Path | None = None
    users: dict[str, str] = field(default_factory=dict)
    heard: list[bytes] = field(default_factory=list)
    holding: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        outage = self.outages.pop(0) if self.outages else None
        if outage == "silent":
            await reader.read()
        if outage not in ("silent", "hang_up"):
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await _Talk(self, reader, writer, outage).go_through()
        writer.close()


class _Talk:
    """One connection, command by command."""

    def __init__(self, server: MailServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, outage: Any):
        self.server, self.reader, self.writer, self.outage = server, reader, writer, outage
        self.is_encrypted, self.is_known, self.is_over = False, not server.users, False

    async def go_through(self) -> None:
        self.say("220 here")
        while not self.is_over and (line := await self.reader.readline()):
            self.server.heard += [] if self.is_encrypted else [line]
            word = line.split(b" ")[0].strip().decode().lower()
            await getattr(self, f"on_{word}", self.on_other)(line)

    def say(self, text: str) -> None:
        self.writer.write(f"{text}\r\n".encode())

    async def on_other(self, _: bytes) -> None:
        self.say("250 well")

    async def on_ehlo(self, _: bytes) -> None:
        offers_encryption = self.server.certificate and not self.is_encrypted
        offered = ["250-STARTTLS"] * bool(offers_encryption) + ["250-AUTH PLAIN"] * bool(self.server.users)
        self.say("\r\n".join(["250-here", *offered, "250 SIZE 35882577"]))

    async def on_starttls(self, _: bytes) -> None:
        self.say("220 go ahead")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.certificate)
        await self.writer.start_tls(context)
        self.is_encrypted = True

    async def on_auth(self, line: bytes) -> None:
        _, name, password = base64.b64decode(line.split()[2]).decode().split("\0")
        self.is_known = self.server.users.get(name) == password
        self.say("235 welcome" if self.is_known else "535 wrong password of fieldwork@example.org")

    async def on_rcpt(self, _: bytes) -> None:
        code = {"busy": 451, "refused": 550}.get(self.outage or "", 250 if self.is_known else 530)
        self.say(f"{code} someone@example.org, your answer was 'no'")

    async def on_data(self, _: bytes) -> None:
        self.say("354 go ahead")
        data = await self.reader.readuntil(b"\r\n.\r\n")
        mail = message_from_bytes(data[:-5].replace(b"\r\n..", b"\r\n."), policy=policy.default)
        self.server.taken.append(mail)
        if self.outage == "hold":
            self.server.holding.set()
            await asyncio.to_thread(self.server.go_on.wait)
        self.is_over = self.outage == "drop_after_data"
        if not self.is_over:
            self.say("250 taken")

    async def on_quit(self, _: bytes) -> None:
        self.say("221 bye")
        self.is_over = True


@contextmanager
def mail_server(**settings: Any) -> Iterator[MailServer]:
    server, loop = MailServer(**settings), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(asyncio.start_server(server.serve, "127.0.0.1", 0), loop).result()
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        server.go_on.set()
        asyncio.run_coroutine_threadsafe(_close(listening), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(listening: asyncio.Server) -> None:
    listening.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@dataclass
class Webhook:
    """Takes JSON documents by POST.

    Attributes:
        address: Where.
        taken: Headers and document of every post that was answered with 200.
        answers: Codes for the next posts, 200 when there are none; 0 closes without an answer after it was taken.
    """

    address: str = ""
    taken: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@contextmanager
def webhook() -> Iterator[Webhook]:
    hook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            code = hook.answers.pop(0) if hook.answers else 200
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if code in (0, 200):
                hook.taken.append((dict(self.headers), document))
            if code:
                self.send_response(code)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hook.address = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
