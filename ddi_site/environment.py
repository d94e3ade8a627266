"""Deployment settings, read once from the environment and refused early with a sentence."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
LONGEST_SOCKET_PATH = 100  # bytes; sun_path holds 108 and Valkey adds a suffix while it binds


def var_folder(root: Path) -> Path:
    """The folder for the database, model files and sockets (DDI_VAR, default `var/`), created when absent."""
    folder = Path(os.environ.get("DDI_VAR") or root / "var").expanduser().resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"DDI_VAR is {folder}, which cannot be created ({error.strerror}); name a folder this user may write to."
        ) from error
    return folder


def allowed_hosts() -> list[str]:
    """Host names the site answers to (DDI_ALLOWED_HOSTS, comma-separated); loopback only by default."""
    named = [host.strip() for host in os.environ.get("DDI_ALLOWED_HOSTS", "").split(",") if host.strip()]
    if "*" in named:
        raise ImproperlyConfigured("DDI_ALLOWED_HOSTS holds '*'; name the hosts the site answers to instead.")
    return named or list(LOOPBACK)


def secret_key(var: Path, hosts: list[str]) -> str:
    """DDI_SECRET_KEY, or for a machine serving only itself a random key kept in `var/secret_key`.

    There is no default key: every installation has its own, and a site reachable from outside must be given one.
    """
    key = os.environ.get("DDI_SECRET_KEY", "")
    if key:
        if len(key) < 50 or len(set(key)) < 5:
            raise ImproperlyConfigured("DDI_SECRET_KEY is too short or too uniform; use at least 50 random characters.")
        return key
    if set(hosts) - set(LOOPBACK):
        raise ImproperlyConfigured(
            "DDI_SECRET_KEY is not set although DDI_ALLOWED_HOSTS opens the site to other machines; "
            "set it to at least 50 random characters, the same on every host."
        )
    kept = var / "secret_key"
    if not kept.exists():
        with tempfile.NamedTemporaryFile("w", dir=var, prefix="secret_key.") as file:  # made with mode 0600
            file.write(secrets.token_urlsafe(64))
            file.flush()
            with contextlib.suppress(FileExistsError):  # another process was first: its key holds
                os.link(file.name, kept)
    return kept.read_text()


def database(var: Path) -> dict[str, object]:
    """Django's database settings from DDI_DATABASE_URL; SQLite in WAL mode under `var/` by default."""
    url = os.environ.get("DDI_DATABASE_URL") or f"sqlite:///{quote(str(var / 'ledger.sqlite3'))}"
    try:
        config: dict[str, object] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    except Exception as error:
        raise ImproperlyConfigured(
            f"DDI_DATABASE_URL cannot be read ({error}); write postgres://user:password@host:5432/name or sqlite:///path."
        ) from error
    engine = str(config["ENGINE"])
    if engine == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "timeout": 30,  # seconds a writer waits for another
            "transaction_mode": "IMMEDIATE",  # take the write lock first: no deadlock on upgrade
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
        }
    elif engine != "django.db.backends.postgresql":
        raise ImproperlyConfigured(
            f"DDI_DATABASE_URL names {engine}; only SQLite and PostgreSQL keep the ledger's promises."
        )
    return config


def embedded_redis_socket(var: Path) -> Path:
    """Where the project's own Redis-protocol server listens: in `var/`, or a short path when that is too long."""
    socket = var / "redis.sock"
    if len(str(socket).encode()) <= LONGEST_SOCKET_PATH:
        return socket
    return Path(tempfile.gettempdir()) / f"ddi-{sha256(str(var).encode()).hexdigest()[:16]}" / "redis.sock"


def redis_url(var: Path) -> str:
    """DDI_REDIS_URL, or the embedded server's unix socket."""
    url = os.environ.get("DDI_REDIS_URL", "")
    if not url:
        return f"unix://{quote(str(embedded_redis_socket(var)))}?db=0"
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(f"DDI_REDIS_URL is {url!r}; it must start with redis://, rediss:// or unix://.")
    return url


MAIL_SERVERS = {  # scheme: port, STARTTLS, TLS from the first byte
    "smtp": (25, False, False),
    "smtp+tls": (587, True, False),
    "smtps": (465, False, True),
}


def mail() -> dict[str, object]:
    """Django's mail settings from DDI_EMAIL_URL, with DDI_EMAIL_FROM as the sender; nothing is mailed by default."""
    url = os.environ.get("DDI_EMAIL_URL", "")
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in MAIL_SERVERS or not parts.hostname:
        raise ImproperlyConfigured(
            "DDI_EMAIL_URL cannot be read; write smtp://host, smtp+tls://user:password@host:587 or smtps://… ."
        )
    sender = os.environ.get("DDI_EMAIL_FROM", "")
    if "@" not in sender:
        raise ImproperlyConfigured(
            "DDI_EMAIL_URL is set without DDI_EMAIL_FROM; name the address that mail comes from."
        )
    port, starttls, tls = MAIL_SERVERS[parts.scheme]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": starttls,
        "EMAIL_USE_SSL": tls,
        "EMAIL_TIMEOUT": 10,  # seconds; a page waits for it
        "DEFAULT_FROM_EMAIL": sender,
    }
