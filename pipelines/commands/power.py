"""``power``: how likely the design of a fitted model is to show true effects."""

from dataclasses import replace

from instruments.faults import UsageError
from instruments.spec_file import closest
from models.origin import derive_seed
from models.regression.power_of_model import PowerOfModel, Sought, power_of_model
from models.replication.refit import labels_from_json, recorded_model
from pipelines.kept_rows import rest_of_rows
from pipelines.load import Study
from pipelines.store import Store
from pipelines.tables import out


def power(study: Study, model: str, variant: str, sought: Sought) -> PowerOfModel:
    """Tell the power of the current declared fit of a model; the seed is derived from study, model and variant.

    Args:
        study: The study.
        model: A model of the study.
        variant: Its variant; ``main`` for the model itself.
        sought: Effects and draws.

    Raises:
        UsageError: When the model has no current fit.
        WarehouseError: When the rows it used are gone.
        DataError: When no effect is given and the model tells none.
    """
    store = Store(study.warehouse)
    fits = store.read(out.FITS)
    is_current = fits["is_current"].astype(bool) & fits["is_declared"].astype(bool)
    found = fits[is_current & (fits["model"] == model) & (fits["variant"] == variant)]
    if found.empty:
        known = sorted(f"{row.model} ({row.variant})" for row in fits[is_current].itertuples())
        named = f"{model} ({variant})"
        raise UsageError(
            f"there is no current fit of {named}; fitted are {', '.join(known) or 'none'}{closest(named, known)}; name "
            "one of these, or run the study first"
        )
    fit = found.iloc[0]
    spec = recorded_model(fit)
    labels = labels_from_json(fit["labels_json"])
    seeded = replace(sought, seed=derive_seed(study.name, model, variant, "power"))
    rows = store.kept_rows(rest_of_rows(store, str(fit["data_hash"]))[0])
    return power_of_model(spec, rows, labels, seeded)
