"""Open answers: who writes, which codes the texts deserve, and the invented texts. Every text begins with a mark."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.studies.demo.draws import Truths, Values, inverse_logit
from pipelines.studies.demo.parameters import OpenAnswers
from pipelines.studies.demo.values import FORWARDING, IDENTITY, Latent

CODE_OF_ITEM: Mapping[str, str] = MappingProxyType({"OEQ_1": "E5", "OEQ_2": "D1", "OEQ_5": "E1"})
MARK = "[SYNTHETIC] "
_ENGLISH: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "OEQ_1": (
        (
            "A colleague and I finished the new rota a week early.",
            "Two departments shared one room; it was quieter than before.",
            "Nothing comes to mind.",
        ),
        (
            "We planned the garden together with the neighbours, and it was ready in May.",
            'Residents wrote the programme with us; "one door in", as they called it.',
            "The choir, the library and parents\nran the evening with our staff.",
        ),
    ),
    "OEQ_2": (
        ("I made sure that the budget held.", "I signed the plan and followed up.", "I was kept informed."),
        (
            "I open the door and stay out of the way.",
            "My part was to make room for others to decide.",
            "I hosted; the others led.",
        ),
    ),
    "OEQ_5": (
        ("I meant to look at it later.", "I left it as it was.", "I waited for the new guideline."),
        (
            "I cancelled two reports so that people could be out there.",
            "I found hours and a small sum for it.",
            "I took a rule away that stood in the way.",
        ),
    ),
}
_DANISH: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "OEQ_1": (
        (
            "En kollega og jeg blev færdige med den nye vagtplan en uge før tid.",
            "To afdelinger delte ét lokale; det var roligere end før.",
            "Jeg kommer ikke på noget.",
        ),
        (
            "Vi planlagde haven sammen med naboerne, og den stod færdig i maj.",
            'Beboerne skrev programmet sammen med os; "én dør ind", som de kaldte det.',
            "Koret, biblioteket og forældrene\nholdt aftenen sammen med vores medarbejdere.",
        ),
    ),
    "OEQ_2": (
        ("Jeg sørgede for, at budgettet holdt.", "Jeg godkendte planen og fulgte op.", "Jeg blev holdt orienteret."),
        (
            "Jeg åbner døren og går ikke i vejen.",
            "Min rolle var at give plads til, at andre besluttede.",
            "Jeg var vært; de andre ledede.",
        ),
    ),
    "OEQ_5": (
        ("Jeg ville se på det senere.", "Jeg lod det være, som det var.", "Jeg ventede på den nye vejledning."),
        (
            "Jeg aflyste to rapporter, så folk kunne komme ud.",
            "Jeg fandt timer og et lille beløb til det.",
            "Jeg fjernede en regel, der stod i vejen.",
        ),
    ),
}
_LIKE = {"OEQ_1_citizen": "OEQ_1"}
N_VARIANTS = 3


def write_texts(rng: np.random.Generator, item: str, deserves: Truths, is_english: Truths, writes: Truths) -> pd.Series:
    """Write the answers to an open question.

    Args:
        rng: Random numbers.
        item: The question.
        deserves: Whether the text deserves the code of the question, length n.
        is_english: Language of each respondent, length n.
        writes: Who answers, length n.

    Returns:
        Length n, missing where nobody writes.
    """
    question = _LIKE.get(item, item)
    known = [MARK + text for texts in (_DANISH, _ENGLISH) for of_code in texts[question] for text in of_code]
    chosen = (2 * is_english.astype(int) + deserves) * N_VARIANTS + rng.integers(0, N_VARIANTS, len(deserves))
    texts = pa.array(known, pa.large_string()).take(pa.array(chosen, mask=~writes))
    return pd.Series(texts.to_pandas().to_numpy(), dtype="str")


def deserved(rng: np.random.Generator, item: str, latent: Latent, place: int, planted: OpenAnswers) -> Truths:
    """Draw whether the text of every invited person deserves the code of a question; by halves where it has none."""
    code = CODE_OF_ITEM.get(item)
    if code is None:
        return rng.random(latent.number) < 0.5  # noqa: PLR2004 - two kinds of texts, none of them coded
    intercept, slope = planted.codes[code]
    return rng.random(latent.number) < inverse_logit(intercept + slope * _value(code, latent, place))


def _value(code: str, latent: Latent, place: int) -> Values:
    """Return what a code depends on: E5 on co-production, D1 on enabler identity, E1 on forwarding."""
    if code == "E5":
        return latent.coproduction(place)
    if code == "D1":
        return latent.of(IDENTITY, place)
    return latent.of("true_forwarding" if "true_forwarding" in latent.planted else FORWARDING, place)
