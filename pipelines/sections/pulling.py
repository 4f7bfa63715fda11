"""Where a source's responses are fetched from: the section ``pull`` of a source in study.yaml."""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from instruments.spec_file import Name, Spec

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
SURVEYS = {
    "qualtrics": "the survey's id, such as SV_0abc",
    "limesurvey": "the survey's number",
    "kobo": "the uid of the form (asset)",
    "odk": "the form's id",
}


class Pull(Spec):
    """What is fetched, and from where; the secret itself is never written in study.yaml.

    Attributes:
        platform: Whose interface it is.
        url: Address of the platform: https, or http to this machine. Qualtrics: ``https://DATACENTER.qualtrics.com``;
            LimeSurvey: the address that ends in ``/admin/remotecontrol``; REDCap: the address that ends in ``/api/``;
            Kobo and ODK Central: the server.
        survey: The survey or form there; a REDCap token belongs to one project, which needs none.
        project: Number of the project in ODK Central.
        user: Who signs in, for LimeSurvey and ODK Central.
        secret: Name of the token or password: the variable ``SENSEMAKING_PULL_<NAME>``, or a key of
            ``pull.secrets.yaml``; the platform's name when not given.
        repeat: Repeated group of a Kobo or ODK form whose repetitions the source holds; goes with ``repeats_of``.
        leave_out: Repeated groups of a Kobo or ODK form that nobody needs; of every other one a source of its own.
        largest_loss: Share of the responses held that may be gone from the platform at once; more is taken for a fault
            of the platform, and refused.
        whole_every_days: Days after which everything is fetched anew, where otherwise only what was modified is
            (Qualtrics): what a platform leaves out without a word arrives then at the latest.
    """

    platform: Literal["qualtrics", "limesurvey", "redcap", "kobo", "odk"]
    url: str
    survey: str = ""
    project: int | None = Field(default=None, ge=1)
    user: str = ""
    secret: Name | None = None
    repeat: str = ""
    leave_out: tuple[str, ...] = ()
    largest_loss: float = Field(default=0.2, ge=0, le=1)
    whole_every_days: int = Field(default=7, ge=1, le=365)

    @field_validator("url")
    @classmethod
    def _is_safe(cls, url: str) -> str:
        parts = urlsplit(url)
        is_local = parts.scheme == "http" and parts.hostname in LOCAL_HOSTS
        if not parts.hostname or not (parts.scheme == "https" or is_local):
            raise ValueError("expected an address that begins with https://; http:// only to 127.0.0.1 or localhost")
        if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
            raise ValueError("write the address alone, without user, password or what follows a ? or #")
        return url

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        wanted = SURVEYS.get(self.platform)
        if wanted is not None and not self.survey:
            raise ValueError(f"write under survey {wanted}")
        if wanted is None and self.survey:
            raise ValueError("a REDCap token belongs to one project; leave survey out")
        if self.platform == "limesurvey" and not (self.survey.isascii() and self.survey.isdigit()):
            raise ValueError("a LimeSurvey survey is a number in quotation marks, such as '998192'")
        if (self.platform == "odk") != (self.project is not None):
            raise ValueError("project is the number of a project in ODK Central: needed there, and nowhere else")
        if (self.platform in ("limesurvey", "odk")) != bool(self.user):
            raise ValueError("user is who signs in to LimeSurvey or ODK Central: needed there, and nowhere else")
        if (self.repeat or self.leave_out) and self.platform not in ("kobo", "odk"):
            raise ValueError("repeat and leave_out name repeated groups of a form in Kobo or ODK Central")
        return self

    @property
    def secret_name(self) -> str:
        """Name of the token or password."""
        return self.secret or self.platform
