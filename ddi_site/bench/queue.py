"""How long the pages of a reviewer take on a large ledger, beside the same pages on a small one.

Both ledgers stand on the same database server or disk and answer in turns, so that whatever else the machine does
falls on both. The pages are the site's own, asked for through Django's test client by people who are signed in.
"""

from __future__ import annotations

import gzip
import re
import shutil
import time
from collections import Counter, defaultdict
from itertools import chain, count
from pathlib import Path
from statistics import quantiles
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ddi_site.bench.large_ledger import LargeLedger
from ddi_site.bench.queue_pages import PAGES, Ledger
from ddi_site.bench.report import Row, at_most, ratio_at_most
from ddi_site.loaded import load_pages
from ledger.models import Prediction, Statement
from review.models import ReviewItem
from review.queries.ledger_page import PAGE

SMALL = 15_000
TURNS = 30
WARM_UP = 3
DEEP_PAGE = 10_000
GOAL = 1.5
MOST_QUERIES = 8
MOST_KB = 80
AS_BROWSERS = {"accept-encoding": "gzip"}
LINKED = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')


def bench_queue(n: int) -> tuple[list[Row], dict[str, Any]]:
    """p50 and p95 of each page on `n` statements and on 15,000 or half of `n`; run on an empty throwaway ledger."""
    started = time.perf_counter()
    name = str(connection.settings_dict["NAME"])
    made = LargeLedger()
    n_small = min(SMALL, n // 2)
    made.grow(n_small)
    readers = [_signed_in(user) for user in made.reviewers]
    small = _copy(name)
    data: dict[str, Any] = {"statements": n, "statements_of_the_small_ledger": n_small}
    drug = _frequent_drug()
    ledgers = [_ledger(small, n_small, drug)]
    with ledgers[0].in_use():
        connection.close()
    connection.settings_dict["NAME"] = name
    made.grow(n)
    ledgers.insert(0, _ledger(name, n, drug))
    data |= {
        "items_in_the_queue": ReviewItem.objects.count(),
        "seconds_to_make_the_ledgers": round(time.perf_counter() - started, 1),
        "of_these_to_build_the_queue": round(made.seconds_to_build_the_queue, 1),
        "database": connection.vendor,
    }
    try:
        rows, seen = _measured(ledgers, readers)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        _remove(small)
    return rows, data | seen


def _measured(ledgers: list[Ledger], readers: list[Client]) -> tuple[list[Row], dict[str, Any]]:
    times: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    queries: dict[str, dict[str, int]] = defaultdict(dict)
    first_looks: dict[str, float] = {}
    weights: dict[str, float] = {}
    for turn in range(TURNS + WARM_UP):
        load_pages()  # as the web server's processes do; each turn, for the test client leaves finalizers behind
        for ledger in ledgers if turn % 2 else reversed(ledgers):
            with ledger.in_use():
                for page, ask in PAGES.items():
                    reader = readers[turn % len(readers)]
                    before = time.perf_counter()
                    answer = ask(reader, ledger)
                    took = 1000 * (time.perf_counter() - before)
                    if turn >= WARM_UP:
                        times[page][ledger.name].append(took)
                    elif turn == 0 and ledger is ledgers[0]:
                        first_looks[page] = took
                    assert answer.status_code in (200, 303), (page, answer.status_code)
                    if turn == 0 and answer.status_code == 200:
                        path = answer.wsgi_request.get_full_path()
                        weights[page] = max(weights.get(page, 0), _first_visit(reader, path) / 1024)
                    if turn == WARM_UP:
                        with CaptureQueriesContext(connection) as captured:
                            ask(readers[-1], ledger)
                        queries[page][ledger.name] = len(captured)
    large, small = ledgers
    rows = []
    for page, found in times.items():
        for place, label in ((9, "p50"), (18, "p95")):
            ours, theirs = (quantiles(found[one.name], n=20)[place] for one in (large, small))
            name = f"{page}, {label}"
            rows.append(ratio_at_most(name, "ms", ours, theirs, f"{small.size:,} statements", GOAL))
    n_queries = queries["item page"][large.name] - SIGNING_IN
    n_more = max(found[large.name] - found[small.name] for found in queries.values())
    rows += [
        at_most("queries of an item, signing in aside", "queries", n_queries, MOST_QUERIES),
        at_most("queries that a page makes more than on the small ledger", "queries", n_more, 0),
        at_most("heaviest page with its scripts and styles, plotly aside", "KB", max(weights.values()), MOST_KB),
    ]  # fmt: skip
    return rows, {
        "queries": {page: found[large.name] for page, found in queries.items()},
        "queries_of_signing_in": SIGNING_IN,
        "first_look_ms": {page: round(took, 1) for page, took in first_looks.items()},
        "kilobytes": {page: round(weight, 1) for page, weight in weights.items()},
    }


def _first_visit(reader: Client, path: str) -> int:
    """Bytes that a browser without a cache is sent for a page, its scripts and its styles; plotly is not counted."""
    page = reader.get(path, headers=AS_BROWSERS)
    files = set(LINKED.findall(gzip.decompress(page.content).decode()))
    sent = (reader.get(file, headers=AS_BROWSERS) for file in files if "plotly" not in file)
    return len(page.content) + sum(len(b"".join(one)) for one in sent)


SIGNING_IN = 3  # the session, the person, the roles


def _signed_in(user: User) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client


def _frequent_drug() -> str:
    """The drug with the most statements of the small ledger, whose page there is nearest to a full one."""
    ends = Statement.objects.values_list("head_drug__drugbank_id", "tail_drug__drugbank_id")
    ((drug, _),) = Counter(chain.from_iterable(ends)).most_common(1)
    return str(drug)


def _ledger(name: str, size: int, drug: str) -> Ledger:
    """The places that pages are asked for, found by counting: page 10,000 or, on a small ledger, the last full one."""
    connection.close()
    connection.settings_dict["NAME"] = name
    pages = min(DEEP_PAGE, size // PAGE) - 1
    ids = Statement.objects.order_by("id").values_list("id", flat=True)
    of_model = Prediction.objects.filter(model_version__number=2).order_by("confidence", "id")
    confidence, row = of_model.values_list("confidence", "id")[pages * PAGE - 1]
    items = ReviewItem.objects.waiting().order_by("-priority", "id").values_list("id", flat=True)
    return Ledger(
        name=name,
        size=size,
        items=list(items[200 : 200 + TURNS + WARM_UP]),
        behind=ids.filter(corpus__name="drugbank")[min(pages * PAGE - 1, int(size * 0.9) - PAGE)],
        behind_sure=f"{confidence!r}~{row}",
        drug=drug,
        turn=count(),
    )


def _copy(name: str) -> str:
    """A copy of the database beside it."""
    connection.close()
    if connection.vendor == "sqlite":
        copied = str(Path(settings.VAR_DIR) / "small.sqlite3")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copy(name, copied)
        return copied
    copied = f"{name}_small"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(copied)}")
        cursor.execute(
            f"CREATE DATABASE {connection.ops.quote_name(copied)} TEMPLATE {connection.ops.quote_name(name)}"
        )
    return copied


def _remove(copied: str) -> None:
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(copied)} WITH (FORCE)")
