#!/usr/bin/env python
"""Django's command line for DDI Ledger."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ddi_site.settings")
    # Threads that spin while they wait keep the cores from whoever they wait for, where two processes compute.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # Every length of a batch has kernels of its own, each with memory; kept by the thousand they are gigabytes.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"DDI Ledger cannot start: {error}")


if __name__ == "__main__":
    main()
