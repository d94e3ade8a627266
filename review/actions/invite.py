"""Let people in: an account without a password, and the link by which its owner chooses one."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from review.actions.note_change import ADDED, note_change

UNMAILED = "django.core.mail.backends.dummy.EmailBackend"


@transaction.atomic
def invite(*, username: str, email: str, roles: Collection[str], by: User) -> User:
    """Make an account that nobody can sign in to before its owner has chosen a password by the link."""
    user = User(username=username, email=email)
    user.set_unusable_password()
    user.save()
    user.groups.set(Group.objects.filter(name__in=roles))
    note_change(by=by, row=user, act=ADDED, words=f"invited as {', '.join(sorted(roles))}")
    return user


def invitation_path(user: User) -> str:
    """The address at which the owner chooses a password. It works once, and for PASSWORD_RESET_TIMEOUT seconds.

    Only for accounts that never had a password: a link for another would let the lead act in somebody's name.
    """
    named = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("welcome", args=[named, default_token_generator.make_token(user)])


def mails_are_sent() -> bool:
    """Whether this installation names a mail server."""
    return bool(settings.EMAIL_BACKEND != UNMAILED)


def mail_invitation(*, user: User, absolute: Callable[[str], str]) -> bool:
    """Mail the link to the account's owner; False where there is no address or no way to send mail.

    absolute: makes a full address of a path. Raises OSError or SMTPException when the server refuses.
    """
    if not (user.email and mails_are_sent()):
        return False
    text = _("You are invited to DDI Ledger as %(name)s. Choose your password here: %(link)s\nThe link works once.") % {
        "name": user.get_username(),
        "link": absolute(invitation_path(user)),
    }
    return bool(send_mail(_("Your account in DDI Ledger"), text, None, [user.email]))
