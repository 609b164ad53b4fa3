"""The outer shell that people see: pages, their scripts, and the sockets of live screens.

What may not live here: training and clinical rules (pages show what the room says and send
what people ask), storage, drivers, numbers with a clinical meaning, and texts outside the
catalogue.
"""

from __future__ import annotations

from levator.web.app import create_app as create_app
from levator.web.server import serve as serve
