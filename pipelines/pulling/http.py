"""One platform's interface over HTTP: bounded, patient, and silent about its token."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from instruments.faults import EnvironmentFault
from pipelines.pulling.patience import Clock, patiently
from pipelines.pulling.secrets import Secret
from pipelines.sections.pulling import LOCAL_HOSTS

SECONDS = 120.0
LARGEST_ANSWER, LARGEST_FILE = 200_000_000, 2_000_000_000
_PARTIAL = 206
_Sent = tuple[str, str, dict[str, Any]]


class _Cut(Exception):
    """The answer ended before its end."""


class Connection:
    """Speaks to one platform.

    Attributes:
        base: Address of the platform, without a slash at its end.
    """

    def __init__(self, base: str, headers: Mapping[str, str], secret: Secret, clock: Clock) -> None:
        self.base = base.rstrip("/")
        self._where, self._clock = secret.where, clock
        is_local = urlsplit(base).hostname in LOCAL_HOSTS
        # Redirections are not followed: they would carry the token to whoever is named.
        self._client = httpx.Client(
            headers=dict(headers), timeout=SECONDS, follow_redirects=False, trust_env=not is_local
        )

    def get(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """Return what lies at a path, or at an address of the same platform."""
        return self._answered("GET", self._address(path), {"params": dict(params)} if params else {})

    def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - as the platform says
        """Return what lies at a path, read as JSON."""
        return self._read(self.get(path, params), path)

    def post_json(self, path: str, body: object) -> Any:  # noqa: ANN401 - as the platform says
        """Send JSON to a path and return the answer, read as JSON."""
        return self._read(self._answered("POST", self._address(path), {"json": body}), path)

    def post_form(self, path: str, fields: Mapping[str, str]) -> bytes:
        """Send a form to a path and return the answer."""
        return self._answered("POST", self._address(path), {"data": dict(fields)})

    def save(self, path: str, target: Path) -> None:
        """Save what lies at a path, which never changes; of what a cut connection left only the rest is fetched."""
        part = target.with_name(target.name + ".part")
        sent: _Sent = ("GET", self._address(path), {})
        patiently(lambda: self._saved(sent, part), _BROKEN, self._clock, _place(sent), self._where)
        part.replace(target)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _address(self, path: str) -> str:
        if not path.startswith(("http://", "https://")):
            return self.base + path
        if urlsplit(path)[:2] != urlsplit(self.base)[:2]:
            raise EnvironmentFault(f"{self.base}: the platform names a page at another address; mend url in study.yaml")
        return path

    def _answered(self, method: str, address: str, more: dict[str, Any]) -> bytes:
        content = bytearray()

        def once() -> httpx.Response:
            content.clear()
            with self._stream((method, address, more)) as response:
                for chunk in response.iter_bytes():
                    content.extend(chunk)
                    _refuse_too_large(len(content), LARGEST_ANSWER, address)
                return response

        patiently(once, _BROKEN, self._clock, _place((method, address, more)), self._where)
        return bytes(content)

    def _saved(self, sent: _Sent, part: Path) -> httpx.Response:
        held = part.stat().st_size if part.exists() else 0
        method, address, more = sent
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={held}-"} if held else {})}
        with self._stream((method, address, {**more, "headers": headers})) as response:
            begins = f"bytes {held}-"
            is_rest = response.status_code == _PARTIAL and response.headers.get("Content-Range", "").startswith(begins)
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink()
                raise _Cut
            if response.is_success:
                with part.open("ab" if is_rest else "wb") as file:
                    for chunk in response.iter_raw():
                        file.write(chunk)
                        _refuse_too_large(file.tell(), LARGEST_FILE, address)
            return response

    @contextmanager
    def _stream(self, sent: _Sent) -> Iterator[httpx.Response]:
        method, address, more = sent
        with self._client.stream(method, address, **more) as response:
            yield response

    def _read(self, content: bytes, path: str) -> Any:  # noqa: ANN401 - as the platform says
        response = httpx.Response(200, content=content)
        try:
            return response.json()
        except ValueError:
            place = _place(("GET", self._address(path), {}))
            raise EnvironmentFault(f"{place}: expected JSON, found something else; is url right?") from None


_BROKEN = (httpx.TransportError, httpx.DecodingError, _Cut)


def _place(sent: _Sent) -> str:
    parts = urlsplit(sent[1])
    return f"{sent[0]} {parts.scheme}://{parts.netloc}{parts.path}"


def _refuse_too_large(n_bytes: int, most: int, address: str) -> None:
    if n_bytes > most:
        place = _place(("GET", address, {}))
        raise EnvironmentFault(f"{place}: the answer is larger than {most // 1_000_000} MB; export it by hand")
