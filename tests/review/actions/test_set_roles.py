from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from review.actions.set_roles import LastLead, deactivate, set_roles
from tests.conftest import person
from tests.ledger.together import at_once


def test_two_leads_who_end_each_other_leave_one(committed_db: str) -> None:
    leads = [person("one", "lead"), person("two", "lead")]
    raised = at_once(2, lambda number: deactivate(person=leads[1 - number], by=leads[number]))
    assert [type(error) for error in raised] == [LastLead]
    assert User.objects.filter(is_active=True).count() == 1


def test_giving_up_the_lead_needs_another_lead(lead: User) -> None:
    with pytest.raises(LastLead):
        set_roles(person=lead, roles=["adjudicator"], by=lead)
    assert list(lead.groups.values_list("name", flat=True)) == ["lead"]
