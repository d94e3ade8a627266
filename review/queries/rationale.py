"""What moved the model towards what it says of an item, or how far the wish to know has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.contrib.auth.models import User
from django.db.models import OuterRef, Subquery
from redis.exceptions import RedisError

from ledger.enqueue import EXPLAIN, listening_workers, rationale_asked_for
from ledger.models import Rationale
from review.models import ReviewItem
from review.shading import Shade, Word, shades, strongest, words

ROUGH_ABOVE_PERCENT = 5
READ = ("method", "parameters", "tokens", "completeness_error")
Wish = Literal["none", "waiting", "unheard", "running", "failed", "broker_is_down"]


@dataclass(frozen=True, slots=True)
class RationalePanel:
    """The panel of one item: the shaded sentence where there is one, otherwise where the wish for it stands."""

    item: ReviewItem
    rationale: Rationale | None = None
    shades: tuple[Shade, ...] = ()
    strongest: tuple[Word, ...] = ()
    wish: Wish = "none"
    why: str = ""
    may_ask: bool = False

    @property
    def is_coming(self) -> bool:
        """Whether it is worth asking again in a second."""
        return self.wish in ("waiting", "running")

    @property
    def names_are_masked(self) -> bool:
        """Whether the model read other words in the place of the two names."""
        return bool(self.item.prediction.model_version.config.get("mentions") == "masked")

    @property
    def miss_percent(self) -> float:
        """How far the figures miss what they add up to, of all movement."""
        if self.rationale is None or not self.rationale.parameters.get("movement"):
            return 0.0
        return 100 * self.rationale.completeness_error / float(self.rationale.parameters["movement"])

    @property
    def is_rough(self) -> bool:
        """Whether the figures add up so poorly that their order is in doubt."""
        return self.miss_percent > ROUGH_ABOVE_PERCENT

    @property
    def queue(self) -> str:
        return EXPLAIN[0]


def rationale_columns() -> dict[str, Subquery]:
    """The newest rationale of each item's prediction as columns of a query of items, for `kept_rationale`."""
    newest = Rationale.objects.filter(prediction=OuterRef("prediction")).order_by("-id")
    return {f"rationale_{name}": Subquery(newest.values(name)[:1]) for name in READ}


def kept_rationale(item: ReviewItem) -> Rationale | None:
    """The newest rationale of an item that was read with `rationale_columns` (no query)."""
    columns = {name: getattr(item, f"rationale_{name}") for name in READ}
    return None if columns["method"] is None else Rationale(prediction=item.prediction, **columns)


def rationale_panel(item: ReviewItem, reader: User, now: datetime) -> RationalePanel:
    """The newest rationale there is (one query; Redis is not asked, so that no page waits for it)."""
    newest = Rationale.objects.filter(prediction=item.prediction_id).order_by("-id").first()
    return panel_with(newest, item, reader, now)


def panel_with(rationale: Rationale | None, item: ReviewItem, reader: User, now: datetime) -> RationalePanel:
    """The panel of a rationale that was read already (no query)."""
    if rationale is None:
        return RationalePanel(item, may_ask=may_ask(item, reader, now))
    text = item.statement.text
    weighed = words(text, rationale.tokens)
    return RationalePanel(item, rationale, tuple(shades(text, weighed)), tuple(strongest(weighed)))


def rationale_panel_now(item: ReviewItem, reader: User, now: datetime) -> RationalePanel:
    """The same, and without a rationale the state of the wish for it (one query, two looks at Redis)."""
    panel = rationale_panel(item, reader, now)
    if panel.rationale:
        return panel
    try:
        asked = rationale_asked_for(item.prediction, now=now)
    except RedisError:
        return replace(panel, wish="broker_is_down")
    if asked is None:
        return panel
    if asked.state == "waiting" and not any(EXPLAIN[0] in worker.queues for worker in listening_workers()):
        return replace(panel, wish="unheard")
    return replace(panel, wish=asked.state, why=asked.why)


def may_ask(item: ReviewItem, reader: User, now: datetime) -> bool:
    """Whether this person may have a worker busy itself with the item: not with one that somebody else has open."""
    return item.holder(now) in (None, reader.pk)
