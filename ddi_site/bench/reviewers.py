"""Fifty reviewers at once against the site as it is served, over a network that drops what it likes.

Every reviewer gives forty answers. One in five requests goes wrong on the way: cut while it is sent, cut before the
answer is read, answered and lost, or sent twice at once. The reviewer's browser does what a person does: it sends the
same answer again, with the same key, until it is told where to go next. Afterwards the ledger is held against what
was said. Three quarters of the answers come as fast as the site takes them; once all have given those, the rest come
after a reading time.
"""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from statistics import quantiles
from typing import Any, Literal
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.db import connection, connections

from ddi_site.bench.large_ledger import N_REVIEWERS, LargeLedger
from ddi_site.bench.report import Row, at_most
from ddi_site.supervisor import Supervisor, free_port
from ledger.models import Decision, Task

ANSWERS = 40
UNHURRIED = 10  # of these, after a reading time
READING = (1.0, 20.0)  # seconds
WRONG = 0.2  # of all answers
GOAL_MS = 150
TASK = "ddi-polarity"
HIDDEN = re.compile(r'name="(idempotency_key|prediction_seen)" value="([^"]*)"')
ITEM = re.compile(r"/items/(\d+)/")
Trouble = Literal["", "cut while sending", "cut before the answer", "answer lost", "sent twice"]
TROUBLES: tuple[Trouble, ...] = ("cut while sending", "cut before the answer", "answer lost", "sent twice")


@dataclass(slots=True)
class Watch:
    """What happened, seen from the reviewers' side: who had which item before them, and how long it took."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    held: dict[str, int] = field(default_factory=dict)
    n_held_by_two: int = 0
    said: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    fast: list[float] = field(default_factory=list)
    unhurried: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    all_read: threading.Barrier = field(default_factory=lambda: threading.Barrier(N_REVIEWERS))

    def gets(self, item: str, reviewer: int) -> None:
        with self.lock:
            if self.held.get(item, reviewer) != reviewer:
                self.n_held_by_two += 1
            self.held[item] = reviewer

    def answers(self, item: str, reviewer: int, key: str, label: str) -> None:
        """From the first sending on the site may give the item to the next person."""
        with self.lock:
            self.said[key] = (reviewer, item, label)
            if self.held.get(item) == reviewer:
                del self.held[item]

    def counts_one(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1


class Reviewer:
    """One signed-in browser, by hand: cookies, form fields, redirects."""

    def __init__(self, user: User, port: int, watch: Watch) -> None:
        self.id, self.port, self.watch = user.pk, port, watch
        self.draw = random.Random(user.username)  # noqa: S311  whose network fails when
        token = uuid.uuid4().hex
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(user)}; csrftoken={token}",
            "X-CSRFToken": token,
        }

    def work(self) -> None:
        try:
            self._work()
        except Exception as error:  # a thread's end is nobody's: it is told to the bench, which fails
            self.watch.failures.append(f"{type(error).__name__}: {error}")
            self.watch.all_read.abort()

    def _work(self) -> None:
        page = self._follow(self._ask("POST", f"/tasks/{TASK}/next/"))
        for number in range(ANSWERS):
            item, fields = self._read(page)
            if number == ANSWERS - UNHURRIED:
                self.watch.all_read.wait()
            if unhurried := number >= ANSWERS - UNHURRIED:
                time.sleep(self.draw.uniform(*READING))
            label = self.draw.choice(["synergistic", "antagonistic", "antagonistic", "antagonistic"])
            self.watch.answers(item, self.id, fields["idempotency_key"], label)
            body = urlencode({**fields, "label": label, "seconds_spent": "3.0", "comment": ""})
            trouble: Trouble = self.draw.choice(TROUBLES) if self.draw.random() < WRONG else ""
            started = time.perf_counter()
            page = self._answer(f"/items/{item}/decide/", body, trouble)
            took = 1000 * (time.perf_counter() - started)
            if not trouble:
                (self.watch.unhurried if unhurried else self.watch.fast).append(took)

    def _read(self, page: tuple[str, str]) -> tuple[str, dict[str, str]]:
        """The item a page shows and the form's hidden fields; it must be this person's."""
        address, text = page
        found = ITEM.search(address)
        fields = dict(HIDDEN.findall(text.partition('id="decision"')[2]))
        if not found or "idempotency_key" not in fields:
            raise AssertionError(f"{address} shows no item to answer")
        self.watch.gets(found[1], self.id)
        return found[1], fields

    def _answer(self, address: str, body: str, trouble: Trouble) -> tuple[str, str]:
        """Send an answer, again if need be, and open what comes next."""
        if trouble:
            self.watch.counts_one(trouble)
        if trouble == "cut while sending":
            self._send(address, body, cut_at=len(body) // 2).close()
        elif trouble == "cut before the answer":
            self._send(address, body).close()
        elif trouble == "answer lost":
            self._ask("POST", address, body)
        elif trouble == "sent twice":
            beside = self._send(address, body)
            page = self._follow(self._ask("POST", address, body))
            beside.getresponse().read()
            beside.close()
            return page
        return self._follow(self._ask("POST", address, body))

    def _send(self, address: str, body: str, cut_at: int | None = None) -> http.client.HTTPConnection:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        line.putrequest("POST", address)
        for name, value in (
            *self.headers.items(), ("Content-Type", "application/x-www-form-urlencoded"),
            ("Content-Length", str(len(body))),
        ):  # fmt: skip
            line.putheader(name, value)
        line.endheaders(body[:cut_at].encode())
        return line

    def _ask(self, method: str, address: str, body: str = "") -> tuple[int, str, str]:
        """Status, where to, and the text."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            headers = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"} if body else self.headers
            line.request(method, address, body=body or None, headers=headers)
            answer = line.getresponse()
            return answer.status, answer.getheader("Location") or address, answer.read().decode()
        finally:
            line.close()

    def _follow(self, answer: tuple[int, str, str]) -> tuple[str, str]:
        status, address, text = answer
        while status in (302, 303):
            status, address, text = self._ask("GET", address)
        if status != 200:
            raise AssertionError(f"{address} answered {status}")
        return address, text


def session_of(user: User) -> str:
    """The key of a session in which this person is signed in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def bench_reviewers(n: int) -> tuple[list[Row], dict[str, Any]]:
    """What became of 2,000 answers on a ledger of `n` statements; run on an empty throwaway ledger."""
    made = LargeLedger()
    made.grow(n)
    Task.objects.update(second_opinion_share=0.2)
    before = Decision.objects.count()
    watch = Watch()
    with served() as port:
        reviewers = [Reviewer(user, port, watch) for user in made.reviewers]
        connections.close_all()
        started = time.perf_counter()
        threads = [threading.Thread(target=one.work) for one in reviewers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - started
    if watch.failures:
        raise AssertionError(f"{len(watch.failures)} reviewers could not go on: {watch.failures[0]}")
    lost, double, n_written = held_against_the_ledger(watch, before)
    p95_fast, p95 = (quantiles(times, n=20)[18] for times in (watch.fast, watch.unhurried))
    rows = [
        at_most("answers lost", "answers", lost, 0),
        at_most("answers written twice", "answers", double, 0),
        at_most("items two people had before them", "items", watch.n_held_by_two, 0),
        at_most("decision to next item, 50 people reading 1 to 20 s, p95", "ms", p95, GOAL_MS),
    ]
    return rows, {
        "reviewers": N_REVIEWERS,
        "answers_each": ANSWERS,
        "answers_given": len(watch.said),
        "answers_in_the_ledger": n_written,
        "statements": n,
        "troubles": dict(watch.counts),
        "seconds": round(seconds, 1),
        "decision_to_next_p50_ms": round(quantiles(watch.unhurried, n=20)[9], 1),
        "as_fast_as_the_site_takes_them_p95_ms": round(p95_fast, 1),
        "database": connection.vendor,
    }


def held_against_the_ledger(watch: Watch, before: int) -> tuple[int, int, int]:
    """Answers that were given and are not there as given; rows beyond one for each; and rows in all."""
    written = {
        str(key): (reviewer, str(label))
        for key, reviewer, label in Decision.objects.filter(idempotency_key__in=watch.said).values_list(
            "idempotency_key", "reviewer", "label__slug"
        )
    }
    lost = sum(written.get(key) != (reviewer, label) for key, (reviewer, _item, label) in watch.said.items())
    n_written = Decision.objects.count() - before
    return lost, n_written - len(written), n_written


@contextmanager
def served() -> Iterator[int]:
    """The whole site on a free port, as `manage.py serve` runs it."""
    supervisor = Supervisor(Path(settings.VAR_DIR), free_port(8700, attempts=200))
    try:
        supervisor.start()
        yield supervisor.port
    finally:
        supervisor.stop()
