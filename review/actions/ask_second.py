"""Ask for a second pharmacist's opinion on an item one is not sure of."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from ledger.models import Comment
from ledger.record.comments import add_comment
from review.actions.decide import HeldByAnother, NoAnswerNeeded
from review.models import ReviewItem


@transaction.atomic
def ask_second(*, item: ReviewItem, by: User, why: str, idempotency_key: uuid.UUID, now: datetime) -> Comment:
    """Have two people answer the item and say why in its discussion; the item stays with whoever asks.

    The next building of the queue leaves such an item where it is. The same key again changes nothing. Raises
    HeldByAnother, NoAnswerNeeded, and ledger's NothingSaid when there is nothing in `why`.
    """
    item = ReviewItem.objects.locked().get(pk=item.pk)
    if item.holder(now) not in (None, by.pk):
        raise HeldByAnother(HeldByAnother.__doc__)
    if item.state not in ReviewItem.WAITING:
        raise NoAnswerNeeded(NoAnswerNeeded.__doc__)
    item.reviews_needed, item.build = 2, None
    item.save(update_fields=["reviews_needed", "build"])
    return add_comment(
        task=item.task, statement=item.statement, author=by, text=why, idempotency_key=idempotency_key, now=now
    )
