"""Drugs, the names they go by, and their places in the ATC classification."""

from __future__ import annotations

from django.db import models


class AtcCode(models.Model):
    """One code of the WHO ATC index, of any level (1, 3, 4, 5 or 7 characters)."""

    code = models.CharField(max_length=7, primary_key=True)
    name = models.CharField(max_length=300)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Drug(models.Model):
    """A canonical drug identity: its DrugBank id and common name."""

    drugbank_id = models.CharField(max_length=7, unique=True)
    name = models.CharField(max_length=300, db_index=True)
    atc_codes = models.ManyToManyField(AtcCode, through="DrugAtc", related_name="drugs")

    class Meta:
        ordering = ["drugbank_id"]

    def __str__(self) -> str:
        return self.name


class DrugName(models.Model):
    """A name a drug goes by; `folded` is what look-ups compare."""

    class Kind(models.TextChoices):
        COMMON = "common", "common name"
        SYNONYM = "synonym", "synonym"

    drug = models.ForeignKey(Drug, models.CASCADE, related_name="names")
    name = models.CharField(max_length=500)
    folded = models.CharField(max_length=500, db_index=True)
    kind = models.CharField(max_length=8, choices=Kind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["drug", "folded"], name="one_row_per_drug_and_name")]

    def __str__(self) -> str:
        return self.name


class DrugAtc(models.Model):
    """That a drug carries an ATC code; a drug may carry several."""

    drug = models.ForeignKey(Drug, models.CASCADE, related_name="atc_links")
    code = models.ForeignKey(AtcCode, models.CASCADE, related_name="drug_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["drug", "code"], name="one_link_per_drug_and_atc_code")]

    def __str__(self) -> str:
        return f"{self.drug_id} {self.code_id}"
