"""What two coders make of the open answers: a code that a text deserves is seen by chance, and now and then another."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.draws import stream
from pipelines.studies.demo.forms_asked import NAME_OF_GROUP
from pipelines.studies.demo.parameters import OpenAnswers
from pipelines.studies.demo.texts import CODE_OF_ITEM

CODERS = ("coder_1", "coder_2")
SCHEME_VERSION = "0.1-draft"
NO_CODE = "none"
COLUMNS = ["response_id", "item", "code", "coder", "scheme_version"]


def source_of(form: AnsweredForm) -> str:
    """Return the name of the source in study.yaml that brings the form of a wave."""
    return f"{NAME_OF_GROUP[form.group]}_{form.wave}"


def codings_of(
    coder: str, forms: Sequence[AnsweredForm], ids: Sequence[pd.Series], planted: OpenAnswers, seed: int
) -> pd.DataFrame:
    """Let one coder code every answer.

    Args:
        coder: Short name.
        forms: What the forms brought.
        ids: Of every form the ids of its responses on their platform.
        planted: Sensitivity and specificity.
        seed: Not negative.

    Returns:
        One row an answer: ``COLUMNS``, the code none where the coder gives none.
    """
    found = [pd.DataFrame(columns=COLUMNS, dtype="str")]
    for form, of_platform in zip(forms, ids, strict=True):
        for item in form.deserved:
            rng = stream(seed, f"coding {coder} {form.group} {form.wave} {item}")
            chance = np.where(form.deserved[item], planted.sensitivity, 1 - planted.specificity)
            gives = rng.random(len(chance)) < chance
            rows = pd.DataFrame(
                {
                    "response_id": f"{source_of(form)}/" + of_platform,
                    "item": item,
                    "code": np.where(gives, CODE_OF_ITEM[item], NO_CODE),
                    "coder": coder,
                    "scheme_version": SCHEME_VERSION,
                }
            )
            found.append(rows[form.answers[item].notna().to_numpy()])
    return pd.concat(found, ignore_index=True)
