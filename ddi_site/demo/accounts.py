"""People for the demonstration, each with a password made for this installation."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import Group, User
from django.db import transaction

PEOPLE = {
    "ana": ("Ana", "pharmacist"),
    "ben": ("Ben", "pharmacist"),
    "dana": ("Dana", "adjudicator"),
    "lea": ("Lea", "lead"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the demonstration with the password to sign in with."""

    username: str
    role: str
    password: str


def accounts(var: Path) -> list[Account]:
    """The demonstration's people, made on the first call; passwords are kept in a file only this user may read."""
    kept = var / "demo-accounts.json"
    passwords: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    if not passwords:
        passwords = {username: secrets.token_urlsafe(9) for username in PEOPLE}
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(passwords, file)
    with transaction.atomic():
        for username, (first_name, role) in PEOPLE.items():
            user, made = User.objects.get_or_create(username=username, defaults={"first_name": first_name})
            if made:
                user.set_password(passwords[username])
                user.save()
                user.groups.set([Group.objects.get(name=role)])
    return [Account(username, role, passwords[username]) for username, (_, role) in PEOPLE.items()]
