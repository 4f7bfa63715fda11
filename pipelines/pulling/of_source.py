"""One source brought up to date with its platform: questions checked, ids compared, an export landed.

The order makes a kill harmless at any place: nothing is remembered as held before the export that holds it has
landed, and what landed twice is the same file.
"""

import datetime as dt
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from instruments.faults import DataError, UsageError
from pipelines.files import file_sha256, whole_or_absent
from pipelines.load import Study
from pipelines.lock import exclusive
from pipelines.pulling import remembered
from pipelines.pulling.delivery import Delivery
from pipelines.pulling.erased import Erased
from pipelines.pulling.landing import land, name_of, remove_before
from pipelines.pulling.patience import Clock
from pipelines.pulling.platform import Platform
from pipelines.pulling.platforms import platform_of
from pipelines.pulling.questions import Questions, differences, questions_in, read_questions, refuse_changes
from pipelines.pulling.questions import written_questions as written
from pipelines.pulling.reconcile import Held, Reconciled, is_too_great_a_loss, reconcile
from pipelines.pulling.secrets import read_secret
from pipelines.pulling.state import Pieces, PullState, folder_of, read_state, write_state
from pipelines.pulling.submissions import asked_by
from pipelines.sections.pulling import Pull
from pipelines.sections.sources import Source
from pipelines.store import Store


@dataclass(frozen=True)
class Wishes:
    """What a person asks of a pull beyond the usual.

    Attributes:
        changes_because: Why changed questions are taken; empty refuses them.
        loss_because: Why many responses that are gone at once are taken to be gone; empty refuses them.
        whole: Whether everything is fetched anew.
    """

    changes_because: str = ""
    loss_because: str = ""
    whole: bool = False


@dataclass(frozen=True)
class Pulled:
    """What a pull of a source did.

    Attributes:
        source: The source.
        wave: Its wave.
        platform: Where it was pulled from.
        is_whole: Whether everything was fetched.
        n_listed: Responses that the platform lists.
        n_new: Responses that were not held before.
        n_changed: Responses that were held with other content.
        n_deleted: Responses that the platform has no more.
        n_erased: Responses that were erased here and that the platform still holds; they were not taken.
        file_name: Export that was landed; None where there was nothing new.
        changes: Changes of questions that were taken.
    """

    source: str
    wave: str
    platform: str
    is_whole: bool
    n_listed: int
    n_new: int
    n_changed: int
    n_deleted: int
    n_erased: int
    file_name: str | None
    changes: tuple[str, ...]


class SourcePull:
    """A pull of one source.

    Attributes:
        place: ``source`` and ``wave``, for what is remembered.
    """

    def __init__(self, study: Study, name: str, wishes: Wishes, clock: Clock) -> None:
        self._study, self._store = study, Store(study.warehouse)
        self._source: Source = study.sources()[name]
        if self._source.pull is None:
            raise UsageError(f"the source {name} has no section pull; write one in study.yaml")
        self._pull: Pull = self._source.pull
        self._wishes, self._clock = wishes, clock
        self._folder = folder_of(study, name)
        self.place: Mapping[str, str] = {"source": name, "wave": self._source.wave}
        self._of_responses = self._source.repeats_of or name

    def bring_up_to_date(self) -> Pulled:
        """Fetch what is new, changed and gone.

        Raises:
            DataError: When the questions changed, responses are lost on the way, or too many are gone at once.
            UsageError: When the study names what is not there, or no secret.
            EnvironmentFault: When the platform cannot be reached or refuses the token.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self._folder.glob(".*"):
            left.unlink()
        state = self._state()
        self._tidy(state)
        secret = read_secret(self._study.folder, self._pull.secret_name)
        with closing(platform_of(self._pull, secret, self._clock, self._folder / "scratch")) as platform:
            state, changes = self._with_questions_checked(platform, state)
            return self._taken(platform, state, changes)

    def _state(self) -> PullState:
        state = read_state(self._folder)
        pull = self._pull
        parts = (pull.platform, pull.url, pull.survey, str(pull.project or ""), pull.repeat)
        survey = " ".join(filter(None, parts))
        if state.survey not in ("", survey):
            raise UsageError(
                f"the source {self.place['source']} was pulled from {state.survey} before, and study.yaml now names "
                f"{survey}; give what comes from another survey a source of its own"
            )
        return replace(state, survey=survey)

    def _with_questions_checked(self, platform: Platform, state: PullState) -> tuple[PullState, tuple[str, ...]]:
        fetched = self._folder / f"fetched{platform.structure_suffix}"
        fetched.write_bytes(platform.structure())
        now = asked_by(self._study, self.place["source"], platform.questions(fetched))
        before = self._questions_before(platform)
        changes = tuple(differences(before, now)) if before is not None else ()
        if changes and not self._wishes.changes_because:
            refuse_changes(self.place["source"], self.place["wave"], list(changes))
        if changes:
            remembered.record_changes(self._store, self.place, changes, self._wishes.changes_because, self._clock.now())
            state = replace(state, token="")
            write_state(self._folder, state)
        if before is None or changes:
            self._keep_structure(fetched, now, is_changed=bool(changes))
        return state, changes

    def _questions_before(self, platform: Platform) -> Questions | None:
        """Return what the source was set up with: what was kept, or else the structure that study.yaml names."""
        kept = self._folder / "questions.json"
        if kept.is_file():
            return read_questions(kept)
        named = [self._study.exports / name for name in self._source.structure]
        is_comparable = platform.structure_suffix and len(named) == 1 and named[0].is_file()
        return asked_by(self._study, self.place["source"], questions_in(named[0])) if is_comparable else None

    def _keep_structure(self, fetched: Path, questions: Questions, *, is_changed: bool) -> None:
        suffix = fetched.suffix
        if suffix:
            kept = self._folder / f"structure-{file_sha256(fetched)[:12]}{suffix}"
            kept.write_bytes(fetched.read_bytes())
            for name in self._source.structure[:1]:
                if name.endswith(suffix) and (is_changed or not (self._study.exports / name).exists()):
                    land(self._study.exports, name, fetched.read_bytes())
        with whole_or_absent(self._folder / "questions.json") as path:
            path.write_text(written(questions), encoding="utf-8")

    def _taken(self, platform: Platform, state: PullState, changes: tuple[str, ...]) -> Pulled:
        pieces = Pieces(self._folder / f"pieces-{state.number + 1}")
        erased = Erased(self._study, self._store, self._of_responses)
        every = platform.listed()
        listed, held = erased.left_out_of(every), Held(state.held, state.modified)
        delivery = self._delivered(platform, pieces, erased, self._token(state))
        found = reconcile(held, listed, delivery.marks(), is_whole=delivery.is_whole)
        if found.undelivered:
            pieces.forget()
            delivery = self._delivered(platform, pieces, erased, "")
            found = reconcile(held, listed, delivery.marks(), is_whole=True)
            self._refuse_undelivered(len(found.undelivered & platform.listed().keys()), pieces)
        self._refuse_loss(state, found.gone)
        file_name = self._landed(state, delivery, found)
        pieces.forget()
        pieces.folder.rmdir()
        pulled = Pulled(
            **self.place,
            platform=self._pull.platform,
            is_whole=delivery.is_whole,
            n_listed=len(listed),
            n_new=len(found.new),
            n_changed=len(found.changed),
            n_deleted=len(found.gone),
            n_erased=len(every) - len(listed),
            file_name=file_name,
            changes=changes,
        )
        self._remember(pulled)
        return pulled

    def _token(self, state: PullState) -> str:
        """Return where the platform goes on from; empty where everything is asked for or due."""
        if self._wishes.whole or not state.whole_at:
            return ""
        age = self._clock.now() - dt.datetime.fromisoformat(state.whole_at)
        return state.token if age < dt.timedelta(days=self._pull.whole_every_days) else ""

    def _delivered(self, platform: Platform, pieces: Pieces, erased: Erased, token: str) -> Delivery:
        delivery = platform.delivered(pieces, token)
        return replace(delivery, rows=erased.left_out_of(delivery.rows))

    def _remember(self, pulled: Pulled) -> None:
        told = {name: value for name, value in vars(pulled).items() if name not in ("changes", "source", "wave")}
        because = self._wishes.loss_because or None
        remembered.record_pull(self._store, self.place, {**told, "pulled_at": self._clock.now(), "because": because})

    def _landed(self, state: PullState, delivery: Delivery, found: Reconciled) -> str | None:
        """Land an export where there is something new, and remember what is held and gone; in this order."""
        has_news = bool(found.new or found.changed or (delivery.is_whole and found.gone) or self._wishes.whole)
        has_rows = any(delivery.rows.values())
        is_landed = has_rows and has_news
        number = state.number + int(is_landed)
        base = number if is_landed and delivery.is_whole else state.base
        if self._source.repeats_of and delivery.is_whole and not has_rows:
            base = number + 1  # nobody repeats anything any more
        file_name = name_of(self._source, number) if is_landed else None
        after = replace(
            state,
            number=number,
            base=base,
            token=delivery.token or state.token,
            held=found.held,
            modified=found.modified,
            whole_at=self._clock.now().isoformat() if delivery.is_whole else state.whole_at,
        )
        with exclusive(self._study.warehouse / "run.lock", "sensemaking pull"):
            if file_name is not None:
                land(self._study.exports, file_name, delivery.content())
            if not self._source.repeats_of:
                there = frozenset(found.held)
                remembered.record_deletions(self._store, self.place, found.gone, there, self._clock.now())
            write_state(self._folder, after)
        self._tidy(after)
        return file_name

    def _tidy(self, state: PullState) -> None:
        with exclusive(self._study.warehouse / "run.lock", "sensemaking pull"):
            remove_before(self._study.exports, self._source, state.base)

    def _refuse_loss(self, state: PullState, gone: frozenset[str]) -> None:
        if is_too_great_a_loss(len(state.held), len(gone), self._pull.largest_loss) and not self._wishes.loss_because:
            raise DataError(
                f"source {self.place['source']} of wave {self.place['wave']}: of {len(state.held)} responses held, the "
                f"platform lists {len(gone)} no more, which is more than a share of {self._pull.largest_loss:g}; "
                "nothing was changed. Look at the platform; where they were deleted on purpose: "
                'sensemaking pull STUDY --accept-deletions "REASON"'
            )

    def _refuse_undelivered(self, n_missing: int, pieces: Pieces) -> None:
        if n_missing:
            pieces.forget()
            raise DataError(
                f"source {self.place['source']} of wave {self.place['wave']}: the platform lists {n_missing} responses "
                "that it does not deliver, twice; nothing was changed. Pull again later, or export them by hand"
            )
