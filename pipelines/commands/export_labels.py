"""``export labels``: which label each invited unit is given by chance, for the platform's list of contacts."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from instruments.faults import UsageError
from models.origin import derive_seed
from pipelines.assets.pseudonyms import normalised_units
from pipelines.commands.export import refuse_public_place
from pipelines.commands.export_network import write_private
from pipelines.load import Study
from pipelines.steps.label_experiment import draw_labels
from pipelines.steps.sampled_units import FrameError, check_frame
from pipelines.team_tables import faults_of, read_team_table

PRIVATE = "the file names every invited unit: keep it as safe as the list of invited units"


@dataclass(frozen=True)
class DrawnLabels:
    """A list of labels that was written.

    Attributes:
        file: The file.
        n_units: Units by label.
        warnings: That it is private.
    """

    file: Path
    n_units: dict[str, int]
    warnings: tuple[str, ...]


def export_labels(study: Study, path: Path, *, replace: bool) -> DrawnLabels:
    """Draw the labels of a study's label experiment from its list of invited units.

    Args:
        study: The study; its name and the slot give the seed, so that drawing again gives the same.
        path: Where.
        replace: Whether a file that is there already may be replaced: units that were added would be drawn anew.

    Raises:
        UsageError: When the study has no experiment or no list of invited units, or the place will not do.
    """
    refuse_public_place(study, path)
    experiment, frame = study.spec.label_experiment, study.spec.frame
    if experiment is None or frame is None:
        raise UsageError("labels are drawn for a study with the sections label_experiment and frame; add them")
    if path.exists() and not replace:
        raise UsageError(f"{path} is there already; respondents may have seen these labels; --force draws them anew")
    units = normalised_units(read_team_table(study.folder / frame.file, "list of invited units"))
    with faults_of(frame.file, FrameError):
        check_frame(units)
    drawn = draw_labels(units, experiment.labels, derive_seed(study.name, "label_experiment", experiment.slot))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([("unit_id", "label"), *drawn.itertuples(index=False, name=None)])
    write_private(path, text.getvalue())
    counts = drawn["label"].value_counts()
    return DrawnLabels(path, {label: int(counts.get(label, 0)) for label in experiment.labels}, (PRIVATE,))
