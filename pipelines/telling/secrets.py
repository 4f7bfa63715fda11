"""What only the teller may know: the password of the mail server, tokens and addresses of webhooks.

They come from environment variables, or from a file that only its owner can read. No message, log or representation
holds a secret.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from instruments.faults import UsageError
from pipelines.secret_files import read_secret_file
from pipelines.sections.telling import known_webhook

FILE = "tell.secrets.yaml"
PASSWORD = "SENSEMAKING_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
TOKEN, ADDRESS = "SENSEMAKING_WEBHOOK_TOKEN_", "SENSEMAKING_WEBHOOK_ADDRESS_"
_KEYS = ("smtp_password", "webhook_tokens", "webhook_addresses")


@dataclass(frozen=True)
class TellSecrets:
    """The secrets of a study.

    Attributes:
        smtp_password: Of the sender at the mail server; empty for none.
        webhook_tokens: Recipient → token that goes with every message as ``Authorization: Bearer``.
        webhook_addresses: Recipient → address, where the address itself is a secret.
    """

    smtp_password: str = field(default="", repr=False)
    webhook_tokens: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    webhook_addresses: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


def read_tell_secrets(folder: Path, recipients: list[str]) -> TellSecrets:
    """Read the secrets of a study folder; an environment variable goes before the file.

    Args:
        folder: The study folder.
        recipients: Names of the recipients; in variables they are written in capitals.

    Raises:
        UsageError: When the file is not as expected.
        EnvironmentFault: When others can read the file.
    """
    kept = _kept(folder / FILE)
    tokens = _of_recipients(kept["webhook_tokens"], TOKEN, recipients)
    addresses = _of_recipients(kept["webhook_addresses"], ADDRESS, recipients)
    for name, address in addresses.items():
        try:
            known_webhook(address)
        except ValueError as error:
            raise UsageError(f"the webhook address of {name}: {error}") from None
    secrets = TellSecrets(os.environ.get(PASSWORD) or kept["smtp_password"], tokens, addresses)
    if not all(each.isascii() and each.isprintable() for each in (secrets.smtp_password, *tokens.values())):
        raise UsageError("the password of the mail server or a webhook's token holds signs other than printable ASCII")
    return secrets


def _of_recipients(kept: Mapping[str, str], prefix: str, recipients: list[str]) -> dict[str, str]:
    given = {name: os.environ.get(prefix + name.upper()) or kept.get(name, "") for name in recipients}
    return {name: text for name, text in given.items() if text}


def _kept(path: Path) -> dict:
    if not path.is_file():
        return {"smtp_password": "", "webhook_tokens": {}, "webhook_addresses": {}}
    said = read_secret_file(path)
    if not set(said) <= set(_KEYS):
        raise UsageError(f"{path}: expected some of the keys {', '.join(_KEYS)}, and nothing else")
    password = said.get("smtp_password", "")
    listed = {key: said.get(key, {}) for key in _KEYS[1:]}
    if not isinstance(password, str) or not all(map(_is_texts, listed.values())):
        raise UsageError(f"{path}: smtp_password is a text, the others recipient: text; write texts in quotation marks")
    return {"smtp_password": password, **listed}


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for pair in value.items() for each in pair)
