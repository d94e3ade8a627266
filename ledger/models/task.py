"""Labelling questions and the answers they allow."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

SHARE = [MinValueValidator(0.0), MaxValueValidator(1.0)]


class Task(models.Model):
    """A labelling question with its label set and the policy by which answers become gold."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    question = models.CharField(max_length=300)
    guideline = models.TextField(blank=True)
    head_kind = models.CharField(max_length=40, default="drug")
    tail_kind = models.CharField(max_length=40, default="drug")
    doubt_threshold = models.FloatField(
        default=0.9, validators=SHARE, help_text="Predictions with a calibrated confidence below this go to a person."
    )
    pseudo_label_threshold = models.FloatField(
        default=0.9, validators=SHARE, help_text="Predictions at or above this may teach the next model."
    )
    audit_share = models.FloatField(
        default=0.01, validators=SHARE, help_text="Share of all statements reviewed at random, for honest estimates."
    )
    second_opinion_share = models.FloatField(
        default=0.2, validators=SHARE, help_text="Share of reviewed statements that two people answer independently."
    )
    blind = models.BooleanField(
        default=False, help_text="Whether the model's answer stays hidden until a person has given their own."
    )
    pattern_weight = models.FloatField(
        default=0.5,
        validators=SHARE,
        help_text="What a gold label from a decision about its whole pattern weighs in training; others weigh 1.",
    )
    spot_check_share = models.FloatField(
        default=0.02, validators=SHARE, help_text="Share of a decided pattern's statements that another person answers."
    )
    spot_checks_at_least = models.PositiveSmallIntegerField(
        default=5, help_text="The fewest statements of a decided pattern that another person answers."
    )
    two_person_rule = models.BooleanField(
        default=False, help_text="Whether promotions and exports need a second person's approval."
    )
    preset = models.CharField(
        max_length=40, default="default", help_text="The way its models are trained unless somebody asks for another."
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="task_shares_lie_between_0_and_1",
                condition=models.Q(
                    doubt_threshold__range=(0, 1),
                    pseudo_label_threshold__range=(0, 1),
                    audit_share__range=(0, 1),
                    second_opinion_share__range=(0, 1),
                    pattern_weight__range=(0, 1),
                    spot_check_share__range=(0, 1),
                ),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kinds(self) -> tuple[str, str]:
        """What head and tail of its statements are."""
        return self.head_kind, self.tail_kind


class Label(models.Model):
    """One answer of a task: a class models learn, or one that only people give."""

    id = models.AutoField(primary_key=True)  # four bytes: each of millions of predictions names a label
    task = models.ForeignKey(Task, models.PROTECT, related_name="labels")
    slug = models.SlugField()
    title = models.CharField(max_length=80)
    meaning = models.CharField(max_length=400, help_text="Shown in the guideline panel.")
    key = models.CharField(max_length=1, help_text="The key that gives this answer.")
    position = models.PositiveSmallIntegerField()
    trainable = models.BooleanField(
        default=True, help_text="A class models learn; otherwise an answer only people give."
    )
    negative = models.BooleanField(
        default=False,
        help_text="Says that no relation holds: in no submission, and left out of scores over relation types.",
    )
    doubt_threshold = models.FloatField(
        null=True,
        blank=True,
        validators=SHARE,
        help_text="Predictions of this label below it go to a person; without one the task's threshold holds.",
    )

    class Meta:
        ordering = ["task", "position"]
        constraints = [
            models.UniqueConstraint(fields=["task", "slug"], name="one_label_per_task_and_slug"),
            models.UniqueConstraint(fields=["task", "key"], name="one_label_per_task_and_key"),
            models.UniqueConstraint(fields=["task", "position"], name="one_label_per_task_and_position"),
            models.UniqueConstraint(
                fields=["task"], condition=models.Q(negative=True), name="one_negative_label_per_task"
            ),
            models.CheckConstraint(
                name="label_threshold_lies_between_0_and_1",
                condition=models.Q(doubt_threshold__isnull=True) | models.Q(doubt_threshold__range=(0, 1)),
            ),
        ]

    def __str__(self) -> str:
        return self.title
