"""People who answer, change what they answered, and withdraw; on two platforms, each of them drawn by a seed."""

from dataclasses import dataclass, field

import numpy as np

from tests.fake_platform import TEXTS, FakePlatform

FIRST_NIGHT, NEW, EDITED = 40, 6, 2


@dataclass
class People:
    """Those who answer on one platform.

    Attributes:
        platform: Where they answer.
        seed: Of everything they do.
        pulled: Responses that the study had after its last pull that went well.
        withdrawn: Responses of these that are gone from the platform.
        spoiled: A response with an answer that no question offers; empty for none.
    """

    platform: FakePlatform
    seed: int
    pulled: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    spoiled: str = ""

    def __post_init__(self) -> None:
        """Seed what they do."""
        self._draw = np.random.default_rng(self.seed)

    def live_a_day(self, night: int) -> None:
        """Answer, change an answer, withdraw."""
        for _ in range(NEW if night else FIRST_NIGHT):
            self.platform.respond(**self.answers())
        known = sorted(self.pulled & set(self.platform.responses) - {self.spoiled})
        if not known:
            return
        gone, *edited = self._draw.choice(known, EDITED + 1, replace=False)
        for name in edited:
            self.platform.edit(str(name), **self.answers())
        self.platform.delete(str(gone))
        self.withdrawn.add(str(gone))

    def answers(self) -> dict[str, str]:
        """Draw the answers of one person: all items move together."""
        opinion = self._draw.normal()
        loadings = {name: -0.8 if name == "TR_3" else 1.0 for name in TEXTS}
        drawn = {name: 3 + loading * opinion + self._draw.normal(scale=0.7) for name, loading in loadings.items()}
        return {name: str(int(np.clip(np.rint(value), 1, 5))) for name, value in drawn.items()}

    def were_pulled(self) -> None:
        """Remember that the study has what the platform holds now."""
        self.pulled = set(self.platform.responses)

    def spoil(self) -> None:
        """Give an answer that no question offers."""
        self.spoiled = self.platform.respond(**self.answers() | {"TW_1": "17"})

    def mend(self) -> None:
        """Take that answer back."""
        self.platform.edit(self.spoiled, TW_1="4")
        self.spoiled = ""
