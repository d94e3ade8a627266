"""What tests of several folders share: a database that commits, a real Redis, people, and the real-data folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connection, connections
from django.utils import translation
from pytest_django import DjangoDbBlocker

from ddi_site import embedded_redis, processes
from ledger.models import Task


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Hash passwords fast: the slowness that protects them elsewhere is most of a sign-in's time here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def _static_files_when_asked() -> None:
    """Look a static file up when it is asked for, not all of them for every test's client: a fifth of a page's test."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def _no_language_left_over() -> Iterator[None]:
    """A request's language outlives it in its thread, here that of every test after it."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def _template_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A migrated database that each committing test gets a copy of: a file's path, or a PostgreSQL database's name."""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            migrated = connection.settings_dict["NAME"]
            connection.close()  # a database that somebody is connected to cannot be copied
            _on_postgres(f'DROP DATABASE IF EXISTS "{migrated}_template"')
            _on_postgres(f'CREATE DATABASE "{migrated}_template" TEMPLATE "{migrated}"')
            yield f"{migrated}_template"
            _on_postgres(f'DROP DATABASE "{migrated}_template"')
        else:
            path = tmp_path_factory.mktemp("template") / "ledger.sqlite3"
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(path)])
            yield str(path)


@pytest.fixture
def committed_db(
    _template_database: str, db: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[str]:
    """A database of its own in which transactions really commit, seen from threads and other processes.

    Django's flush cannot empty append-only tables, so the test gets a fresh copy instead; its name is returned.
    """
    with django_db_blocker.unblock():
        held = connections["default"]  # an in-memory database lives as long as its connection
        original = connections.settings["default"]["NAME"]
        if held.vendor == "postgresql":
            name = f"{_template_database}_{os.getpid()}"
            _on_postgres(f'CREATE DATABASE "{name}" TEMPLATE "{_template_database}"')
        else:
            name = str(tmp_path / "ledger.sqlite3")
            shutil.copy(_template_database, name)
        del connections["default"]
        connections.settings["default"]["NAME"] = name
        try:
            yield name
        finally:
            connections["default"].close()
            connections.settings["default"]["NAME"] = original
            connections["default"] = held
            held.settings_dict["NAME"] = original
            if held.vendor == "postgresql":
                _on_postgres(f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_postgres(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The embedded Redis server, really running, at the URL the settings name."""
    var = Path(settings.VAR_DIR)
    process = embedded_redis.start(var, settings.RQ_REDIS_URL)
    yield settings.RQ_REDIS_URL
    processes.stop(process, patience=3)


@pytest.fixture
def empty_redis(redis_server: str) -> Iterator[redis.Redis]:
    """The server without a key, and left so: a killed worker would be listed as listening for minutes."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushdb()
        yield client
        client.flushdb()


@pytest.fixture
def task(db: None) -> Task:
    return Task.objects.get(slug="ddi-polarity")


def person(name: str, *roles: str) -> User:
    user = User.objects.create_user(name, password="a-long-passphrase-17")
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


@pytest.fixture
def pharmacist(db: None) -> User:
    return person("pharmacist", "pharmacist")


@pytest.fixture
def second_pharmacist(db: None) -> User:
    return person("second", "pharmacist")


@pytest.fixture
def lead(db: None) -> User:
    return person("lead", "lead")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data files; see the README for where they come from."""
    folder = os.environ.get("DDI_REALDATA")
    if not folder:
        pytest.skip("DDI_REALDATA names no folder with the public data files")
    return Path(folder)
