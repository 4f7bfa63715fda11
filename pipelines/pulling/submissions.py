"""What Kobo and ODK Central have in common: forms written as XLSForms, with groups that one submission repeats.

Submissions are one table and the repetitions of each group another, as in exports: a source of its own each.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import cast

from instruments.faults import UsageError
from pipelines.load import Study
from pipelines.pulling.delivery import Delivery
from pipelines.pulling.questions import Questions


def asked_by(study: Study, source: str, questions: Questions) -> Questions:
    """Return the questions of a form whose answers a source holds.

    Args:
        study: The study.
        source: A source that is pulled.
        questions: Every question of the form.

    Raises:
        UsageError: When the form repeats a group that no source pulls and that is not left out, or does not repeat the
            group that the source is to hold.
    """
    pull = study.sources()[source].pull
    if pull is None or pull.platform not in ("kobo", "odk"):
        return questions
    repeated = {each.repeated_block for each in questions.values()} - {""}
    if pull.repeat and pull.repeat not in repeated:
        found = f"it repeats {', '.join(sorted(repeated))}" if repeated else "it repeats none"
        raise UsageError(f"the form repeats no group {pull.repeat} ({found}); mend repeat of the source {source}")
    others = [each.pull.repeat for each in study.sources().values() if each.repeats_of == source and each.pull]
    lost = repeated - {*others, *pull.leave_out}
    if lost and not pull.repeat:
        raise UsageError(
            f"the form repeats {', '.join(sorted(lost))}, and no source of the study pulls that; add a source for each "
            f"with repeats_of: {source} and under pull repeat: GROUP, or name those that nobody needs under leave_out"
        )
    return {name: each for name, each in questions.items() if each.repeated_block == pull.repeat}


def texts(submission: Mapping[str, object], passed_over: Collection[str]) -> Iterator[tuple[str, str]]:
    """Write the answers of a submission or repetition as texts, by column.

    Args:
        submission: Path → answer.
        passed_over: Columns of the platform's own, and repeated groups, that are passed over.

    Raises:
        UsageError: When it holds another list: the repetitions of a group that is repeated within a repetition.
    """
    for name, value in submission.items():
        if name in passed_over or group_of(name) in passed_over:
            continue
        if isinstance(value, list | dict):
            if any(cast("list[object]", value)):
                raise within_a_repetition(group_of(name))
            continue
        yield name, "" if value is None else str(value)


def within_a_repetition(group: str) -> UsageError:
    """Return the error of a group that is repeated within a repetition, or that the form does not know any more."""
    return UsageError(
        f"the group {group} is repeated within a repetition, or by an earlier version of the form; core.repeats holds "
        "the number of one repetition only: name the group under leave_out, or export the form by hand"
    )


def group_of(path: str) -> str:
    """Return the last name of a path, by which a repeated group is known."""
    return path.rpartition("/")[2]


def with_everybody(delivery: Delivery, responses: Iterable[str]) -> Delivery:
    """Return repetitions by response; a response without any is there with none, so that nobody takes it for lost."""
    return replace(delivery, rows={**dict.fromkeys(responses, ()), **delivery.rows})
