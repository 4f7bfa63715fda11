"""Invited units and responses → AAPOR's outcome rates by wave and respondent group, and by organisation."""

from collections.abc import Sequence

import pandas as pd

from instruments.counted import counted
from pipelines.sections.aapor import EditionName, standard
from pipelines.sections.fieldwork import Eligibility
from pipelines.steps.sampled_units import FrameError, best_responses
from pipelines.tables.fieldwork import RATES_BY_ORGANISATION
from pipelines.tables.out import RESPONSE_RATES

CELL = ["wave", "respondent_group"]
COLUMN_OF_CATEGORY = {
    "I": "n_complete",
    "P": "n_partial",
    "R": "n_refusal",
    "NC": "n_noncontact",
    "O": "n_other",
    "UH": "n_unknown_unit",
    "UO": "n_unknown_other",
    "NE": "n_not_eligible",
}
PROPORTIONAL, FIRST_EDITION = Eligibility(), "aapor_2016"


def outside_frame(responses: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """Count the responses of nobody in the frame, by wave and respondent group, for the waves that the frame covers.

    Raises:
        FrameError: When not one response of a wave is of somebody in the frame, as when keys and unit ids differ.
    """
    classified = responses[responses["wave"].isin(units["wave"]) & responses["disposition_code"].notna()]
    is_outside = ~is_in_frame(classified, units)
    for wave, of_wave in is_outside.groupby(classified["wave"]):
        if of_wave.all():
            raise FrameError(
                f"wave {wave}: of {counted(len(of_wave), 'response')}, none has a respondent_key among the unit ids; "
                "name the column with the unit ids in identifiers.respondent_key, or correct the ids"
            )
    return is_outside.groupby([classified["wave"], classified["respondent_group"]]).sum()


def is_in_frame(responses: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """Say which responses are of a unit of the frame in their wave."""
    known = pd.MultiIndex.from_frame(units[["unit_id", "wave"]])
    return pd.Series(pd.MultiIndex.from_frame(responses[["respondent_key", "wave"]]).isin(known), index=responses.index)


def response_rates(
    responses: pd.DataFrame,
    units: pd.DataFrame,
    eligibility: Eligibility = PROPORTIONAL,
    edition: EditionName = FIRST_EDITION,
) -> pd.DataFrame:
    """Compute AAPOR's outcome rates by wave and respondent group; see ``outcome_rates``.

    Args:
        responses: ``core.responses``.
        units: ``core.sampled_units``; without rows when the study has no frame, and then there are counts and no rates.
        eligibility: How e is found.
        edition: Edition of the codes.

    Returns:
        ``out.response_rates``.
    """
    without_frame = responses[~responses["wave"].isin(units["wave"])]
    source = pd.concat([units[[*CELL, "disposition_code"]], without_frame[[*CELL, "disposition_code"]]])
    counts = count_outcomes(source, CELL, edition)
    is_known = _has_frame(counts, units)
    own = responses[responses["disposition_code"].notna()]
    of_units = own[is_in_frame(own, units)]
    repeated = of_units[~best_responses(of_units)]
    groups = units.set_index(["unit_id", "wave"])["respondent_group"]
    repeated = repeated.assign(
        respondent_group=groups.reindex(pd.MultiIndex.from_frame(repeated[["respondent_key", "wave"]])).to_numpy()
    )
    counts["n_responses"] = own.groupby(CELL).size().reindex(counts.index).fillna(0)
    counts["n_repeated"] = repeated.groupby(CELL).size().reindex(counts.index).fillna(0).where(is_known)
    counts["n_outside_frame"] = outside_frame(responses, units).reindex(counts.index).fillna(0).where(is_known)
    return RESPONSE_RATES.typed(_with_rates(counts, eligible_shares(counts, eligibility), is_known, eligibility))


def rates_by_organisation(
    units: pd.DataFrame, eligibility: Eligibility = PROPORTIONAL, edition: EditionName = FIRST_EDITION
) -> pd.DataFrame:
    """Compute AAPOR's outcome rates by wave, respondent group and organisation, with e of the wave and group.

    Args:
        units: ``core.sampled_units``.
        eligibility: How e is found.
        edition: Edition of the codes.

    Returns:
        ``out.response_rates_by_organisation``; private.
    """
    known = units.assign(organisation_id=units["organisation_id"].fillna(""))
    counts = count_outcomes(known, [*CELL, "organisation_id"], edition)
    shares = eligible_shares(count_outcomes(units, CELL, edition), eligibility)
    own = shares.reindex(counts.index.droplevel("organisation_id")).set_axis(counts.index)
    return RATES_BY_ORGANISATION.typed(_with_rates(counts, own, _has_frame(counts, units), eligibility))


def count_outcomes(rows: pd.DataFrame, by: Sequence[str], edition: EditionName) -> pd.DataFrame:
    """Count units, or responses, by category of their disposition.

    Args:
        rows: The columns of ``by`` and disposition_code; a row without a code, a preview, counts as not eligible.
        by: Columns of a cell.
        edition: Edition of the codes.

    Returns:
        One row a cell, a column a category, and ``n_unknown`` for the two kinds of unknown eligibility.
    """
    category = rows["disposition_code"].map(standard().categories(edition)).fillna("NE")
    counts = rows.assign(category=category).groupby([*by, "category"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(COLUMN_OF_CATEGORY), fill_value=0).rename(columns=COLUMN_OF_CATEGORY)
    counts = counts.astype("float64").rename_axis(columns=None)
    return counts.assign(n_unknown=counts["n_unknown_unit"] + counts["n_unknown_other"])


def eligible_shares(counts: pd.DataFrame, eligibility: Eligibility) -> pd.Series:
    """Estimate e, the share of units of unknown eligibility taken to be eligible, of every cell.

    Args:
        counts: As ``count_outcomes`` gives them.
        eligibility: ``proportional``: eligible over known eligibility (CASRO, AAPOR's default); ``stated``; ``all``.

    Returns:
        0 to 1; NA where nobody's eligibility is known and e is proportional.
    """
    if eligibility.method == "proportional":
        known = _eligible(counts) + counts["n_not_eligible"]
        return _eligible(counts) / known.where(known > 0)
    share = 1.0 if eligibility.share is None else eligibility.share
    return pd.Series(share, index=counts.index)


def outcome_rates(counts: pd.DataFrame, eligible_share: pd.Series) -> pd.DataFrame:
    """Compute AAPOR's rates.

    With I complete, P partial, R refusals and break-offs, NC non-contacts, O other, U = UH + UO unknown eligibility,
    E = I + P + R + NC + O and e the eligible share of U::

        RR1 = I / (E + U)         RR3 = I / (E + e U)         RR5 = I / E
        RR2 = (I + P) / (E + U)   RR4 = (I + P) / (E + e U)   RR6 = (I + P) / E
        COOP1 = I / (I + P + R + O)         COOP3 = I / (I + P + R)
        COOP2 = (I + P) / (I + P + R + O)   COOP4 = (I + P) / (I + P + R)
        REF1 = R / (E + U)                  REF2 = R / (E + e U)                  REF3 = R / E
        CON1 = (I + P + R + O) / (E + U)    CON2 = (I + P + R + O) / (E + e U)    CON3 = (I + P + R + O) / E

    Those over E alone (5, 6, REF3, CON3) take no unit of unknown eligibility to be eligible, and are given only where
    there is none.

    Args:
        counts: As ``count_outcomes`` gives them.
        eligible_share: e, aligned with ``counts``.

    Returns:
        One column a rate, 0 to 1; NA where the denominator is 0.

    References:
        AAPOR Standard Definitions, outcome rates. R: ``outcomerate::outcomerate``.
    """
    complete, unknown, eligible = counts["n_complete"], counts["n_unknown"], _eligible(counts)
    answered = complete + counts["n_partial"]
    refused, cooperated = counts["n_refusal"], answered + counts["n_refusal"]
    reached = cooperated + counts["n_other"]
    bases = (eligible + unknown, eligible + eligible_share * unknown, eligible.where(unknown == 0))
    bases = tuple(base.where(base > 0) for base in bases)
    rates = pd.DataFrame(index=counts.index)
    for place, base in enumerate(bases):
        rates[f"response_rate_{2 * place + 1}"] = complete / base
        rates[f"response_rate_{2 * place + 2}"] = answered / base
        rates[f"refusal_rate_{place + 1}"] = refused / base
        rates[f"contact_rate_{place + 1}"] = reached / base
    for place, base in enumerate((reached, cooperated)):
        rates[f"cooperation_rate_{2 * place + 1}"] = complete / base.where(base > 0)
        rates[f"cooperation_rate_{2 * place + 2}"] = answered / base.where(base > 0)
    return rates


def _eligible(counts: pd.DataFrame) -> pd.Series:
    return counts[["n_complete", "n_partial", "n_refusal", "n_noncontact", "n_other"]].sum(axis=1)


def _has_frame(counts: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    return pd.Series(counts.index.get_level_values("wave").isin(units["wave"]), index=counts.index)


def _with_rates(counts: pd.DataFrame, shares: pd.Series, is_known: pd.Series, eligibility: Eligibility) -> pd.DataFrame:
    rates = outcome_rates(counts, shares).where(is_known)
    invited = counts[list(COLUMN_OF_CATEGORY.values())].sum(axis=1).where(is_known)
    known = {"n_invited": invited, "eligible_share": shares.where(is_known), "eligible_share_by": eligibility.method}
    return counts.assign(**known).join(rates).reset_index()
