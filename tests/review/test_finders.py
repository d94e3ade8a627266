from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.finders import get_finder
from django.test import Client

from review.finders import PlotlyFinder


def test_it_finds_the_script_of_the_installed_package_and_nothing_else() -> None:
    finder = PlotlyFinder()
    found = Path(finder.find("plotly/plotly.min.js"))
    assert found.is_file()
    assert finder.find("plotly/plotly.min.js", find_all=True) == [str(found)]
    for other in ("plotly/widgetbundle.js", "plotly/../../__init__.py", "plotly.min.js", ""):
        assert finder.find(other) == []
        assert finder.find(other, find_all=True) == []
    ((name, storage),) = finder.list(None)
    assert (storage.prefix, storage.path(name)) == ("plotly", str(found))


def test_the_site_serves_it(settings: Any, db: None) -> None:
    settings.STATICFILES_FINDERS = ["review.finders.PlotlyFinder"]
    get_finder.cache_clear()
    response = Client().get("/static/plotly/plotly.min.js")
    assert response.status_code == 200
    assert "javascript" in response["Content-Type"]


def test_looking_for_it_does_not_import_plotly(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in [name for name in sys.modules if name.split(".")[0] == "plotly"]:
        monkeypatch.delitem(sys.modules, name)
    PlotlyFinder()
    assert "plotly" not in sys.modules
