"""A section ``pull`` → the platform it names, signed in."""

from pathlib import Path

from pipelines.pulling.patience import Clock
from pipelines.pulling.platform import Platform
from pipelines.pulling.secrets import Secret
from pipelines.sections.pulling import Pull


def platform_of(pull: Pull, secret: Secret, clock: Clock, scratch: Path) -> Platform:
    """Return the platform of a source.

    Args:
        pull: Where it lies.
        secret: Its token or password.
        clock: Waits.
        scratch: Private folder for what need not be kept.

    Raises:
        EnvironmentFault: When it cannot be signed in to.
    """
    match pull.platform:
        case "qualtrics":
            from pipelines.pulling.qualtrics import Qualtrics  # noqa: PLC0415 - only what is pulled from is imported

            return Qualtrics(pull, secret, clock, scratch)
        case "redcap":
            from pipelines.pulling.redcap import Redcap  # noqa: PLC0415

            return Redcap(pull, secret, clock)
        case "kobo":
            from pipelines.pulling.kobo import Kobo  # noqa: PLC0415

            return Kobo(pull, secret, clock)
        case "odk":
            from pipelines.pulling.odk import OdkCentral  # noqa: PLC0415

            return OdkCentral(pull, secret, clock)
        case "limesurvey":
            from pipelines.pulling.limesurvey import LimeSurvey  # noqa: PLC0415

            return LimeSurvey(pull, secret, clock)
