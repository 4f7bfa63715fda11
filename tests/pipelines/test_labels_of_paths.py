"""Terms of path models in words, in both languages."""

import pytest

from pipelines.steps.term_labels import term_label

TITLES = {
    "trust": {"en": "Trust", "da": "Tillid"},
    "voice": {"en": "Voice", "da": "Indflydelse"},
    "area": {"en": "Area", "da": "Område"},
    "area[1]": {"en": "Schools: all", "da": "Skoler: alle"},
    "intercept": {"en": "Intercept", "da": "Konstant"},
}
LABELS = [
    ("indirect: trust -> voice -> area", "Indirect: Trust → Voice → Area", "Indirekte: Tillid → Indflydelse → Område"),
    ("indirect between: trust -> voice", "Indirect, between: Trust → Voice", "Indirekte, mellem: Tillid → Indflydelse"),
    ("total: trust -> voice where area = 2.5", "Total: Trust → Voice, where Area = 2.5",
     "I alt: Tillid → Indflydelse, hvor Område = 2.5"),
    ("difference of indirect from 1 to 2: trust -> voice", "Difference of indirect effects: Trust → Voice",
     "Forskel mellem indirekte effekter: Tillid → Indflydelse"),
    ("voice <- trust", "Voice ← Trust", "Indflydelse ← Tillid"),
    ("voice <- area[1]", "Voice ← Area: Schools: all", "Indflydelse ← Område: Skoler: alle"),
    ("voice <- trust x area", "Voice ← Trust × Area", "Indflydelse ← Tillid × Område"),
    ("within: voice <- trust_organisation_mean", "Within: Voice ← Trust (organisation mean)",
     "Inden for: Indflydelse ← Tillid (organisationens gennemsnit)"),
    ("voice <- trust one wave before", "Voice ← Trust at the wave before", "Indflydelse ← Tillid i runden før"),
    ("voice <- trust one wave before, in spring", "Voice ← Trust at the wave before, in spring",
     "Indflydelse ← Tillid i runden før, i spring"),
    ("slope <- intercept", "slope ← Intercept", "hældning ← Konstant"),
    ("covariance of lasting levels: trust ~ voice", "Covariance of lasting levels: Trust ~ Voice",
     "Kovarians af varige niveauer: Tillid ~ Indflydelse"),
    ("difference: trust", "Difference between outcomes: Trust", "Forskel mellem udfaldene: Tillid"),
]  # fmt: skip


@pytest.mark.parametrize(("term", "english", "danish"), LABELS)
def test_a_term_of_paths_is_in_words(term: str, english: str, danish: str) -> None:
    assert (term_label(term, TITLES, "en"), term_label(term, TITLES, "da")) == (english, danish)
