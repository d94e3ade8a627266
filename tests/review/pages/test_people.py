from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from review.models import ReviewItem
from tests.conftest import person
from tests.review.conftest import MakeItem, answered, sign_in

PAGE = "/people/"
PASSWORD = "seven-quiet-herons"


def post(name: str, by: User, *args: Any, **values: Any) -> Any:
    return sign_in(by).post(reverse(f"review:{name}", args=args), values, follow=True)


def invite(by: User, **changes: Any) -> Any:
    return post("invite", by, **({"username": "nora", "email": "", "roles": ["pharmacist"]} | changes))


def link_on(page: str) -> str:
    """The path of the link the lead reads."""
    (found,) = re.findall(r'value="http://testserver(/welcome/[^"]+)"', page)
    return str(found)


def choose(link: str, password: str = PASSWORD) -> tuple[Client, Any]:
    """Follow the link and send a password, without being signed in."""
    client = Client()
    form = client.get(link, follow=True)
    if not form.redirect_chain:
        return client, form
    return client, client.post(form.redirect_chain[-1][0], {"new_password1": password, "new_password2": password})


def test_the_list_shows_roles_state_and_work(lead: User, pharmacist: User, item: ReviewItem) -> None:
    answered(item, pharmacist)
    person("gone")
    User.objects.filter(username="gone").update(is_active=False)
    page = sign_in(lead).get(PAGE).content.decode()
    assert re.search(r">pharmacist</a></td><td>pharmacist</td><td>active</td><td class=\"number\">1<", page)
    assert re.search(r">gone</a></td><td>–</td><td>deactivated<", page)


def test_somebody_invited_chooses_a_password_by_a_link_that_works_once(lead: User) -> None:
    page = invite(lead).content.decode()
    link = link_on(page)
    nora = User.objects.get(username="nora")
    assert not nora.has_usable_password()
    assert "nora" in Client().get(link, follow=True).content.decode()
    client, response = choose(link)
    assert response["Location"] == reverse("login")
    assert client.login(username="nora", password=PASSWORD)
    assert client.get(reverse("review:home")).status_code == 200
    _, again = choose(link, "another-quiet-heron")
    assert "This link has been used or is too old" in again.content.decode()
    assert "welcome" not in sign_in(lead).get(reverse("review:person", args=[nora.pk])).content.decode()


def test_a_weak_password_is_refused_in_place(lead: User) -> None:
    _, response = choose(link_on(invite(lead).content.decode()), "12345")
    page = response.content.decode()
    assert "too short" in page
    assert 'aria-invalid="true"' in page
    assert not User.objects.get(username="nora").has_usable_password()


def test_nobody_gets_a_link_to_an_account_with_a_password(lead: User, pharmacist: User) -> None:
    page = sign_in(lead).get(reverse("review:person", args=[pharmacist.pk])).content.decode()
    assert "/welcome/" not in page


def test_the_link_is_mailed_where_mail_is_sent(lead: User, settings: Any) -> None:
    page = invite(lead, email="nora@example.org").content.decode()
    assert "The link was mailed to nora@example.org" in page
    (sent,) = mail.outbox
    assert (sent.to, link_on(page).rsplit("/", 2)[0] in sent.body) == (["nora@example.org"], True)
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert "was mailed" not in invite(lead, username="otto", email="otto@example.org").content.decode()
    assert "sends no mail" in sign_in(lead).get(PAGE).content.decode()


def test_a_mail_server_that_refuses_leaves_the_link(lead: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("review.actions.invite.send_mail", refuse)
    page = invite(lead, email="nora@example.org").content.decode()
    assert "hand it over yourself" in page
    assert link_on(page)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"username": ""}, "This field is required"),
        ({"username": "LEAD"}, "Somebody has this name already"),
        ({"username": "a b"}, "Enter a valid username"),
        ({"email": "nobody"}, "Enter a valid email address"),
        ({"roles": ["boss"]}, "boss is not one of the available choices"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_in_place(lead: User, changes: dict[str, Any], told: str) -> None:
    response = invite(lead, **changes)
    assert response.status_code == 422
    assert told in response.content.decode()
    assert User.objects.count() == 1


def test_roles_change_from_the_next_click_on(lead: User, pharmacist: User) -> None:
    client = sign_in(pharmacist)
    assert client.get("/adjudication/").status_code == 403
    page = post("set_roles", lead, pharmacist.pk, roles=["adjudicator"]).content.decode()
    assert "pharmacist → adjudicator" in page
    assert client.get("/adjudication/").status_code == 200
    assert client.get(reverse("review:queue", args=["ddi-polarity"])).status_code == 403


def test_the_last_active_lead_stays(lead: User) -> None:
    for name in ("set_roles", "deactivate"):
        assert "last active lead" in post(name, lead, lead.pk, roles=["pharmacist"]).content.decode()
    other = person("other", "lead")
    User.objects.filter(pk=other.pk).update(is_active=False)
    assert "last active lead" in post("deactivate", lead, lead.pk).content.decode()
    User.objects.filter(pk=other.pk).update(is_active=True)
    post("set_roles", lead, lead.pk, roles=["pharmacist"])
    assert sign_in(lead).get(PAGE).status_code == 403


def test_a_superuser_counts_as_a_lead(lead: User) -> None:
    User.objects.create_superuser("root")
    post("deactivate", lead, lead.pk)
    lead.refresh_from_db()
    assert not lead.is_active


def test_somebody_deactivated_leaves_their_answers_and_frees_their_items(
    lead: User, pharmacist: User, make_item: MakeItem
) -> None:
    decision = answered(make_item(), pharmacist)
    held, assigned = make_item(), make_item(assigned_to=pharmacist)
    ReviewItem.objects.filter(pk=held.pk).update(lease_by=pharmacist, lease_until=timezone.now() + timedelta(minutes=5))
    client = sign_in(pharmacist)
    for _ in range(2):
        post("deactivate", lead, pharmacist.pk)
    held.refresh_from_db()
    assigned.refresh_from_db()
    assert (held.lease_by, held.lease_until, assigned.assigned_to) == (None, None, None)
    assert client.get("/").status_code == 302
    assert not client.login(username="pharmacist", password="a-long-passphrase-17")
    decision.refresh_from_db()
    assert decision.reviewer == pharmacist
    page = post("activate", lead, pharmacist.pk).content.decode()
    assert page.count("<td>lead</td>") == 2  # deactivated once, activated once
    assert client.login(username="pharmacist", password="a-long-passphrase-17")


def test_a_person_who_does_not_exist_is_not_found(lead: User) -> None:
    for name in ("set_roles", "deactivate", "activate"):
        assert post(name, lead, 12345).status_code == 404
    assert sign_in(lead).get("/people/12345/").status_code == 404


def test_an_unknown_role_changes_nothing(lead: User, pharmacist: User) -> None:
    assert "no such role" in post("set_roles", lead, pharmacist.pk, roles=["boss"]).content.decode()
    assert list(pharmacist.groups.values_list("name", flat=True)) == ["pharmacist"]


def test_the_list_costs_the_same_for_many(lead: User, django_assert_num_queries: Any) -> None:
    client = sign_in(lead)
    client.get(PAGE)  # the content type is read once in a process
    for number in range(3):
        person(f"p{number}", "pharmacist")
        with django_assert_num_queries(8):  # session, person, roles, people, groups, answers, leases, changes
            client.get(PAGE)
