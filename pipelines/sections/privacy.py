"""How people are kept from being recognised in the study's own tables."""

from pathlib import PurePath
from typing import Literal, Self

from pydantic import field_validator, model_validator

from instruments.spec_file import Spec

OF_THE_SOFTWARE = ("warehouse", "releases", "exports", "reports")


class Privacy(Spec):
    """Keys of pseudonyms, and what happens to open answers.

    Attributes:
        keys: Folder of the secret keys, outside the warehouse; relative to the study folder. When not given:
            the folder that SENSEMAKING_KEYS names, else ``~/.config/sensemaking/keys``.
        open_text: ``redact`` replaces e-mail addresses, telephone, CPR and CHI numbers in open answers; ``keep`` leaves
            them and only counts them.
        because: Why open answers are kept as typed; needed by ``keep``.
    """

    keys: str | None = None
    open_text: Literal["redact", "keep"] = "redact"
    because: str = ""

    @field_validator("keys")
    @classmethod
    def _lie_outside(cls, folder: str | None) -> str | None:
        parts = PurePath(folder).parts if folder else ()
        if ".." in parts or parts[:1] in [(name,) for name in OF_THE_SOFTWARE]:
            raise ValueError(f"keys may not lie in {', '.join(OF_THE_SOFTWARE)} or be reached through ..")
        return folder

    @model_validator(mode="after")
    def _keep_has_a_reason(self) -> Self:
        if self.open_text == "keep" and not self.because.strip():
            raise ValueError("open_text: keep needs a because")
        return self
