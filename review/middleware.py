"""The language a person chose for themselves, over the one their browser asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from review.models import Preference


class OwnLanguage:
    """Stands after LocaleMiddleware, which reads the browser's wish, and after the sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and (language := Preference.of(request.user).language):
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        return self._get_response(request)
