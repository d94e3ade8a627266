"""The working state of review: who holds what, and why it is there. The facts are the ledger's, none of this is."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models import Decision, FlagRule, Prediction, Run, SpotCheck, Statement, Task
from review import reasons as _reasons  # noqa: F401  registers the look-up that the indexes by reason are made of


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    def waiting(self) -> ReviewItemQuerySet:
        """Items that still need a pharmacist's answer."""
        return self.filter(state__in=ReviewItem.WAITING)

    def first_waiting(self, n: int) -> list[ReviewItem]:
        """The first `n` items that need an answer, in the queue's order (one query).

        One seek per state: an index ordered by priority serves each, and none serves both at once.
        """
        seeks = [
            ReviewItem.objects.filter(pk__in=self.filter(state=state).order_by("-priority", "id").values("pk")[:n])
            for state in ReviewItem.WAITING
        ]
        # The few that were found are read by their keys alone: with the conditions again, SQLite walks the queue.
        found = ReviewItem.objects.filter(pk__in=seeks[0].values("pk").union(*(one.values("pk") for one in seeks[1:])))
        found.query.select_related = self.query.select_related
        return list(found.order_by("-priority", "id")[:n])

    def behind(self, place: ReviewItem) -> ReviewItemQuerySet:
        """Items that come later than this one."""
        # The first condition says nothing new, and lets the index start at the place.
        return self.filter(priority__lte=place.priority).exclude(priority=place.priority, id__lte=place.pk)

    def first_held_by(self, reviewer: User, now: datetime) -> ReviewItem | None:
        """The first of the items this person has open and has yet to answer (one query, two when there is one)."""
        # The few leases are read by themselves: asked for both at once, SQLite walks the whole queue to find them.
        leased = list(ReviewItem.objects.filter(lease_by=reviewer, lease_until__gt=now).values_list("pk", flat=True))
        return self.waiting().filter(pk__in=leased).order_by("-priority", "id").first() if leased else None

    def locked(self) -> ReviewItemQuerySet:
        """Items with task, statement and prediction; nobody else changes them before the transaction ends."""
        return self.select_for_update(of=("self",)).select_related("task", "statement", "prediction")

    def answerable_by(self, reviewer: User) -> ReviewItemQuerySet:
        """Items this person has neither answered nor put aside, and that are no other person's."""
        skipped = Skip.objects.filter(item=models.OuterRef("pk"), reviewer=reviewer)
        return self.unanswered_by(reviewer).exclude(models.Exists(skipped))

    def unanswered_by(self, reviewer: User) -> ReviewItemQuerySet:
        """Items this person has not answered, put aside or not, and that are no other person's."""
        answered = (
            Decision.objects.standing()
            .filter(task=models.OuterRef("task"), statement=models.OuterRef("statement"), reviewer=reviewer)
            .order_by()
        )
        theirs = self.filter(models.Q(assigned_to__isnull=True) | models.Q(assigned_to=reviewer))
        return theirs.exclude(models.Exists(answered)).checkable_by(reviewer)

    def checkable_by(self, reviewer: User) -> ReviewItemQuerySet:
        """Items that are no spot check of a pattern this person decided."""
        own = (
            SpotCheck.objects.in_force()
            .filter(statement=models.OuterRef("statement"), decision__task=models.OuterRef("task"))
            .filter(decision__reviewer=reviewer)
        )
        return self.exclude(models.Q(main_reason=ReviewItem.Reason.SPOT_CHECK) & models.Exists(own))

    def free_for(self, reviewer: User, now: datetime) -> ReviewItemQuerySet:
        """Items nobody else holds a live lease on."""
        return self.exclude(models.Q(lease_until__gt=now) & ~models.Q(lease_by=reviewer))


REASONS = (
    "low_confidence", "atc_contradiction", "flip", "suspect_gold", "audit", "spot_check", "models_differ", "requested"
)  # fmt: skip
"""`ReviewItem.Reason`, as its indexes know it."""


class ReviewItem(models.Model):
    """One statement in a task's queue: why it is there, how soon it comes, and who has it open."""

    class Reason(models.TextChoices):
        LOW_CONFIDENCE = FlagRule.Rule.LOW_CONFIDENCE.value, _("low confidence")
        ATC_CONTRADICTION = FlagRule.Rule.ATC_CONTRADICTION.value, _("ATC contradiction")
        FLIP = FlagRule.Rule.FLIP.value, _("changed its mind")
        SUSPECT_GOLD = FlagRule.Rule.SUSPECT_GOLD.value, _("disputes a gold label")
        AUDIT = FlagRule.Rule.AUDIT.value, _("random audit")
        SPOT_CHECK = "spot_check", _("spot check of a pattern")
        MODELS_DIFFER = "models_differ", _("two models differ")
        REQUESTED = "requested", _("asked for by the lead")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        AWAITING_SECOND = "awaiting_second", _("waits for a second pharmacist")
        ADJUDICATION = "adjudication", _("in adjudication")
        SETTLED = "settled", _("settled")

    WAITING = (State.OPEN, State.AWAITING_SECOND)
    ASKED = (Reason.SPOT_CHECK, Reason.MODELS_DIFFER, Reason.REQUESTED)  # by people, not by a queue building

    task = models.ForeignKey(Task, models.PROTECT, related_name="review_items", db_index=False)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="review_items")
    prediction = models.ForeignKey(Prediction, models.PROTECT, related_name="+", db_index=False)
    build = models.ForeignKey(
        Run,
        models.PROTECT,
        null=True,
        related_name="review_items",
        help_text="The queue building that put it here; none where a person or a spot check did.",
    )
    priority = models.FloatField(help_text="Higher comes sooner.")
    main_reason = models.CharField(max_length=20, choices=Reason)
    reasons = models.JSONField(help_text="Each with its rule and explanation, the heaviest first.")
    state = models.CharField(max_length=15, choices=State, default=State.OPEN)
    reviews_needed = models.PositiveSmallIntegerField(default=1)
    lease_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="leased_items")
    lease_until = models.DateTimeField(null=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="assigned_items",
        help_text="The only person whose queue it is in; everybody's where there is none.",
    )

    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "statement"], name="one_review_item_per_task_and_statement"),
            models.CheckConstraint(name="one_or_two_reviews_are_needed", condition=models.Q(reviews_needed__in=(1, 2))),
            models.CheckConstraint(
                name="a_lease_has_a_holder_and_an_end",
                condition=models.Q(lease_by__isnull=True) | models.Q(lease_until__isnull=False),
            ),
        ]
        indexes = [
            # The next item is the first row of (task, state) in this order: a seek, however long the queue.
            models.Index(fields=["task", "state", "-priority", "id"], name="item_by_place_in_the_queue"),
            # An item is in the part of the queue of each of its reasons: an index for each, of its items alone.
            *(
                models.Index(
                    fields=["task", "state", "-priority", "id"],
                    name=f"item_{reason}_place",
                    condition=models.Q(reasons__names_rule=reason),
                )
                for reason in REASONS
            ),
            *(
                models.Index(
                    fields=["task", "statement"],
                    name=f"item_{reason}_row",
                    condition=models.Q(reasons__names_rule=reason),
                )
                for reason in REASONS
            ),
            models.Index(fields=["assigned_to", "task", "state", "-priority", "id"], name="item_by_person_and_place"),
        ]

    def __str__(self) -> str:
        return f"item {self.pk}"

    @property
    def is_spot_check(self) -> bool:
        return self.main_reason == self.Reason.SPOT_CHECK

    def holder(self, now: datetime) -> int | None:
        """Id of the person who has the item open now."""
        return self.lease_by_id if self.lease_until is not None and self.lease_until > now else None

    def move_to(self, state: ReviewItem.State, *, keep_lease: bool = False) -> None:
        """Put the item where its answers leave it, and hand it back."""
        self.state = state
        if not keep_lease:
            self.lease_by = self.lease_until = None
        self.save(update_fields=["state", "lease_by", "lease_until"])


class LooksAgain(models.TextChoices):
    """Who looks again at an item that is settled."""

    ADJUDICATION = "adjudication", _("an adjudicator, who weighs the answers again")
    REVIEWER = "reviewer", _("a pharmacist who has not answered it")


class Skip(models.Model):
    """That a person put an item aside; it stays in everybody else's queue."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="skips")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="skips")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "reviewer"], name="one_skip_per_item_and_reviewer")]

    def __str__(self) -> str:
        return f"skip of item {self.item_id}"


class SavedFilter(models.Model):
    """A search of the ledger that a person gave a name."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    task = models.ForeignKey(Task, models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1_000, help_text="The address's query, as the search page reads it.")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "task", "name"], name="one_saved_filter_per_owner_task_and_name")
        ]

    def __str__(self) -> str:
        return self.name


class Preference(models.Model):
    """How one person likes to work."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preference")
    single_keys = models.BooleanField(default=True, help_text="Whether single keys act (WCAG 2.1.4).")
    language = models.CharField(max_length=10, blank=True, help_text="Empty: as the browser asks.")
    shown_around_at = models.DateTimeField(null=True, help_text="When the first visit's tour was finished.")

    @classmethod
    def of(cls, person: User) -> Preference:
        """This person's, or what holds for who never chose (no query where the sign-in has read it already)."""
        try:
            return person.preference
        except cls.DoesNotExist:
            return cls(person=person)

    def __str__(self) -> str:
        return f"preferences of person {self.person_id}"
