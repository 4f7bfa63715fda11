"""A message by webhook: a JSON document by POST, with an identity by which the receiver knows it should it return."""

import json
import logging
from urllib.parse import urlsplit

import httpx

from pipelines.sections.telling import is_this_machine
from pipelines.telling.mail import Outcome

TIMEOUT_SECONDS = 20
TRIED_AGAIN = (408, 425, 429)
SERVER_FAILED_FROM = 500

# httpx writes every address into its log, and the address of a webhook may be a secret.
logging.getLogger("httpx").setLevel(logging.WARNING)


def post(address: str, token: str, document: dict[str, object], identity: str) -> Outcome:
    """Post a document.

    Args:
        address: Where to, https or this machine.
        token: Goes with it as ``Authorization: Bearer``; empty for none.
        document: JSON values.
        identity: Of the message; goes with it as ``Idempotency-Key``, the same whenever it is posted.

    Returns:
        ``told`` for an answer of 200 to 299; ``failed`` where trying again may help; ``refused`` otherwise.
    """
    headers = {"Content-Type": "application/json", "Idempotency-Key": identity}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    content = json.dumps(document, ensure_ascii=False).encode()
    through_proxy = not is_this_machine(urlsplit(address).hostname or "")
    try:
        with httpx.stream(
            "POST", address, content=content, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=through_proxy
        ) as answer:
            code = answer.status_code
    except httpx.HTTPError as error:
        return Outcome("failed", f"webhook: {type(error).__name__}", is_of_channel=True)
    except httpx.InvalidURL:
        return Outcome("refused", "webhook: the address is none")
    if httpx.codes.is_success(code):
        return Outcome("told", f"webhook: {code}")
    is_passing = code in TRIED_AGAIN or code >= SERVER_FAILED_FROM
    return Outcome("failed" if is_passing else "refused", f"webhook: {code}", is_of_channel=is_passing)
