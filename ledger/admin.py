"""Tasks and their labels in Django's admin. Facts are not there: nobody edits them."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from ledger.models import Label, Task


class LabelInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Label
    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Task)
class TaskAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title", "slug", "doubt_threshold", "pseudo_label_threshold", "second_opinion_share")
    inlines = (LabelInline,)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
