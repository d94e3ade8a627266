"""The WSGI application a production server loads."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from ddi_site.loaded import load_pages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ddi_site.settings")
application = get_wsgi_application()
load_pages()
