"""A small OpenID Connect provider on 127.0.0.1 that signs in whoever a test says, without asking for a password."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "sensemaking", "only between provider and dashboard"
VALID_SECONDS = 3600


class Provider(ThreadingHTTPServer):
    """The provider; a test sets whom it signs in next.

    Attributes:
        claims: Put over the usual claims of the next tokens.
        requests: What browsers and dashboards asked for.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig", "alg": "RS256"})
        self.claims: dict[str, object] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.requests: list[str] = []

    def metadata(self) -> dict[str, object]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def code_for(self, asked: dict[str, str]) -> str:
        assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
        self.codes[code := secrets.token_urlsafe()] = asked
        return code

    def token_for(self, sent: dict[str, str], authorization: str) -> dict[str, object]:
        asked = self.codes.pop(sent["code"])
        proof = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        assert proof == asked["code_challenge"], "who redeems the code is not who asked for it"
        assert base64.b64decode(authorization.removeprefix("Basic ")).decode() == f"{CLIENT_ID}:{CLIENT_SECRET}"
        now = int(time.time())
        usual = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "7", "iat": now, "exp": now + VALID_SECONDS}
        said = {**usual, "nonce": asked["nonce"], "email_verified": True, **self.claims}
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, said, self.key)
        return {"access_token": "unused", "token_type": "Bearer", "expires_in": VALID_SECONDS, "id_token": signed}


class _Asked(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        path, asked = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
        self.server.requests.append(path)
        if path == "/authorize":
            answer = {"code": self.server.code_for(asked), "state": asked["state"]}
            self._send_to(f"{asked['redirect_uri']}?{urlencode(answer)}")
        elif path == "/end":
            self._send_to(asked["post_logout_redirect_uri"])
        elif path == "/keys":
            self._say({"keys": [self.server.key.as_dict(private=False)]})
        else:
            self._say(self.server.metadata())

    def do_POST(self) -> None:
        self.server.requests.append(self.path)
        sent = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self._say(self.server.token_for(sent, self.headers["Authorization"]))

    def _send_to(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.end_headers()

    def _say(self, document: dict[str, object]) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def provided() -> Iterator[Provider]:
    """Run a provider until the block ends."""
    with Provider() as provider:
        thread = threading.Thread(target=provider.serve_forever, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            provider.shutdown()
            thread.join()
