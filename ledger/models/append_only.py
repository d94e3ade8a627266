"""Rows that are written once: refused politely here, and by database triggers for everything that goes round Python."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class LedgerIsAppendOnly(Exception):
    """A fact was to be changed or removed. Write a new row that names the one it replaces instead."""

    def __init__(self, model: type[models.Model], act: str) -> None:
        super().__init__(
            f"{model._meta.verbose_name} rows are never {act}; write a new row that names the one it replaces instead."
        )


class AppendOnlyQuerySet(models.QuerySet[M]):
    """Reads and inserts; every other writing method refuses."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly(self.model, "changed")

    async def aupdate(self, **kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly(self.model, "changed")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly(self.model, "changed")

    def update_or_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly(self.model, "changed")

    def delete(self) -> NoReturn:
        raise LedgerIsAppendOnly(self.model, "removed")

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        if kwargs.get("update_conflicts"):
            raise LedgerIsAppendOnly(self.model, "changed")
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnlyModel(models.Model):
    """A row that `save` may insert once and nobody may change or delete."""

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise LedgerIsAppendOnly(type(self), "changed")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly(type(self), "removed")
