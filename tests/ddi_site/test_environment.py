"""Settings from the environment: what is refused, in which words, and what holds where nothing is set."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest
import redis
from django.core.exceptions import ImproperlyConfigured

from ddi_site import environment

LOOPBACK = list(environment.LOOPBACK)
KEY = "k3y-" * 12 + "ab"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("DDI_")]:
        monkeypatch.delenv(name)


def test_the_var_folder_is_made_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.var_folder(tmp_path) == tmp_path / "var"
    assert (tmp_path / "var").is_dir()
    monkeypatch.setenv("DDI_VAR", str(tmp_path / "a" / "b"))
    assert environment.var_folder(tmp_path) == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()
    monkeypatch.setenv("DDI_VAR", "")
    assert environment.var_folder(tmp_path) == tmp_path / "var"


def test_a_var_folder_that_cannot_be_made_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    for name, reason in (("file", "File exists"), ("file/below", "Not a directory")):
        monkeypatch.setenv("DDI_VAR", str(tmp_path / name))
        with pytest.raises(ImproperlyConfigured) as refused:
            environment.var_folder(tmp_path)
        assert str(refused.value) == (
            f"DDI_VAR is {tmp_path / name}, which cannot be created ({reason}); name a folder this user may write to."
        )


def test_the_site_answers_only_this_machine_unless_hosts_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.allowed_hosts() == LOOPBACK
    monkeypatch.setenv("DDI_ALLOWED_HOSTS", " ddi.example.org , ,localhost")
    assert environment.allowed_hosts() == ["ddi.example.org", "localhost"]


def test_answering_to_every_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DDI_ALLOWED_HOSTS", "localhost,*")
    with pytest.raises(ImproperlyConfigured, match=re.escape("holds '*'; name the hosts")):
        environment.allowed_hosts()


def test_the_key_is_made_once_for_each_installation_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    key = environment.secret_key(tmp_path, LOOPBACK)
    assert len(key) >= 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert environment.secret_key(tmp_path, LOOPBACK) == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    other = tmp_path / "other"
    other.mkdir()
    assert environment.secret_key(other, LOOPBACK) != key


def test_two_processes_that_make_the_key_at_once_have_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_was_first(*arguments: object) -> None:
        (tmp_path / "secret_key").write_text("the other process's key")
        raise FileExistsError

    monkeypatch.setattr(environment.os, "link", other_was_first)
    assert environment.secret_key(tmp_path, LOOPBACK) == "the other process's key"


def test_a_given_key_is_used_and_none_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DDI_SECRET_KEY", KEY)
    assert environment.secret_key(tmp_path, ["ddi.example.org"]) == KEY
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["short", KEY[:49], "a" * 80, "abcd" * 20])
def test_a_weak_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("DDI_SECRET_KEY", key)
    with pytest.raises(ImproperlyConfigured, match="too short or too uniform; use at least 50 random characters"):
        environment.secret_key(tmp_path, LOOPBACK)


def test_a_site_open_to_others_must_be_given_a_key(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="DDI_SECRET_KEY is not set although DDI_ALLOWED_HOSTS opens"):
        environment.secret_key(tmp_path, ["localhost", "ddi.example.org"])
    assert list(tmp_path.iterdir()) == []


def test_the_database_is_sqlite_under_the_var_folder_and_syncs_every_commit(tmp_path: Path) -> None:
    config = environment.database(tmp_path)
    assert (config["ENGINE"], config["NAME"]) == ("django.db.backends.sqlite3", str(tmp_path / "ledger.sqlite3"))
    options = config["OPTIONS"]
    assert isinstance(options, dict)
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]


@pytest.mark.parametrize("name", ["My Projects", "ward #3", "100%41", "what?", "Zürich"])
def test_a_folder_of_any_name_holds_its_own_database_and_socket(tmp_path: Path, name: str) -> None:
    var = tmp_path / name
    assert environment.database(var)["NAME"] == str(var / "ledger.sqlite3")
    client = redis.Redis.from_url(environment.redis_url(var))
    assert client.connection_pool.connection_kwargs["path"] == str(environment.embedded_redis_socket(var))


def test_postgresql_is_read_from_its_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DDI_DATABASE_URL", "postgres://ddi:p%40ss@db.example.org:5433/ledger")
    config = environment.database(tmp_path)
    assert (config["ENGINE"], config["NAME"]) == ("django.db.backends.postgresql", "ledger")
    assert (config["USER"], config["PASSWORD"], config["HOST"], config["PORT"]) == (
        "ddi", "p@ss", "db.example.org", 5433,
    )  # fmt: skip
    assert config["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize("url", ["nonsense", "postgres://u@h:port/n", "http://example.org/db"])
def test_a_database_url_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DDI_DATABASE_URL", url)
    with pytest.raises(
        ImproperlyConfigured, match=r"DDI_DATABASE_URL cannot be read .*write postgres://user:password@"
    ):
        environment.database(tmp_path)


def test_other_databases_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DDI_DATABASE_URL", "mysql://u:p@h/n")
    with pytest.raises(ImproperlyConfigured, match=r"names django\.db\.backends\.mysql; only SQLite and PostgreSQL"):
        environment.database(tmp_path)


def test_the_embedded_redis_listens_in_the_var_folder(tmp_path: Path) -> None:
    assert environment.embedded_redis_socket(Path("/srv/ddi")) == Path("/srv/ddi/redis.sock")
    assert environment.redis_url(Path("/srv/ddi")) == "unix:///srv/ddi/redis.sock?db=0"


def test_a_var_folder_deep_down_gets_a_short_socket_of_its_own(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    socket = environment.embedded_redis_socket(deep)
    assert len(str(socket).encode()) <= environment.LONGEST_SOCKET_PATH
    assert socket == environment.embedded_redis_socket(deep)
    assert socket != environment.embedded_redis_socket(deep / "other")


def test_the_length_that_counts_is_in_bytes() -> None:
    assert environment.embedded_redis_socket(Path("/" + "ü" * 50)) != Path("/" + "ü" * 50) / "redis.sock"


def test_an_outside_redis_is_used_when_named_and_other_addresses_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for url in ("redis://h:6379/0", "rediss://h:6380/0", "unix:///run/redis.sock"):
        monkeypatch.setenv("DDI_REDIS_URL", url)
        assert environment.redis_url(tmp_path) == url
    monkeypatch.setenv("DDI_REDIS_URL", "h:6379")
    with pytest.raises(ImproperlyConfigured, match="DDI_REDIS_URL is 'h:6379'; it must start with redis://"):
        environment.redis_url(tmp_path)


def test_nothing_is_mailed_unless_a_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.mail() == {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    monkeypatch.setenv("DDI_EMAIL_FROM", "ledger@hospital.example")
    for url, port, starttls, tls in (
        ("smtp://mail.example", 25, False, False),
        ("smtp+tls://me%40ward:p%2Fss@mail.example", 587, True, False),
        ("smtps://me%40ward:p%2Fss@mail.example:4465", 4465, False, True),
    ):
        monkeypatch.setenv("DDI_EMAIL_URL", url)
        found = environment.mail()
        assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (
            "mail.example", port, starttls, tls,
        )  # fmt: skip
        assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == (
            ("me@ward", "p/ss") if "@mail" in url else ("", "")
        )
        assert found["DEFAULT_FROM_EMAIL"] == "ledger@hospital.example"


@pytest.mark.parametrize(
    ("url", "sender", "told"),
    [
        ("mail.example:25", "a@b", "DDI_EMAIL_URL cannot be read"),
        ("http://mail.example", "a@b", "DDI_EMAIL_URL cannot be read"),
        ("smtp://", "a@b", "DDI_EMAIL_URL cannot be read"),
        ("smtp://mail.example", "", "without DDI_EMAIL_FROM"),
    ],
)
def test_a_mail_server_that_cannot_be_used_is_refused(
    url: str, sender: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DDI_EMAIL_URL", url)
    monkeypatch.setenv("DDI_EMAIL_FROM", sender)
    with pytest.raises(ImproperlyConfigured, match=told):
        environment.mail()
