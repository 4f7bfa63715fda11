"""What keeps a form from being written, and the error that says all of it; the rules stand with each platform."""

from collections.abc import Sequence
from dataclasses import dataclass

from instruments.faults import UsageError
from instruments.forms.spec import Form
from instruments.strict_yaml import Place


@dataclass(frozen=True)
class FormFault:
    """One thing to mend before a form can be written.

    Attributes:
        section: Number of the section from 1; 0 when it is none's.
        message: What was found, what was expected, what to do.
        key: The form's key where the fault lies, such as ``title``, when it lies in no section.
        within: Keys that lead to what is to mend in the file of the section's instrument, such as those of an item
            or answer option; empty when it is the form's.
    """

    section: int
    message: str
    key: str = ""
    within: Place = ()

    def __str__(self) -> str:
        """Return the message behind its section."""
        return f"section {self.section}: {self.message}" if self.section else self.message


class UnwritableFormError(UsageError):
    """A form cannot be written for a platform; ``faults`` holds every reason, ``target`` names it, with ``for``."""

    def __init__(self, form: Form, faults: Sequence[FormFault], target: str) -> None:
        self.form = form
        self.faults = tuple(dict.fromkeys(faults))
        self.target = target
        listed = "; ".join(dict.fromkeys(str(fault) for fault in self.faults))
        super().__init__(f"the form {form.name} cannot be written{target}: {listed}")


def refuse(form: Form, faults: Sequence[FormFault], platform: str = "") -> None:
    """Raise UnwritableFormError with everything that keeps a form from being written.

    Args:
        form: The form.
        faults: What is wrong.
        platform: The platform that does not take it; empty when none would.
    """
    if faults:
        raise UnwritableFormError(form, faults, f" for {platform}" if platform else "")
