"""The step that counts how units were selected and referred."""

import pandas as pd

from pipelines.assets.core import of_waves
from pipelines.assets.step import Step, Task
from pipelines.load import Study
from pipelines.steps.sampling import referral_depths, sampling
from pipelines.store import Store, Write
from pipelines.tables import casework, core
from pipelines.tables.sampling import REFERRAL_DEPTHS, SAMPLING


def steps(study: Study) -> tuple[Step, ...]:
    """Return the step of ``out.sampling``; none where the study has no sample register."""
    if study.spec.casework.sample is None:
        return ()
    return (
        Step(
            name="out/sampling",
            writes=(SAMPLING, REFERRAL_DEPTHS),
            reads=("core.sample_register", "core.referrals", "core.responses"),
            by_wave=False,
            depends_on=lambda task: list(task.study.spec.waves),
            make=_count,
            meaning=SAMPLING.grain,
        ),
    )


def known_sampling(study: Study, store: Store) -> pd.DataFrame:
    """Return ``out.sampling`` of a study that has a sample register now; without rows where it has none."""
    return store.read(SAMPLING) if study.spec.casework.sample is not None else SAMPLING.empty()


def _count(task: Task) -> list[Write]:
    register, referrals, responses = (
        of_waves(task.study, task.store.read(table))
        for table in (casework.SAMPLE_REGISTER, casework.REFERRALS, core.RESPONSES)
    )
    depths = referral_depths(register, referrals, responses)
    return [Write(SAMPLING, sampling(register)), Write(REFERRAL_DEPTHS, depths)]
