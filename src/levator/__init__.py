"""Perinatal pelvic-floor training with real-time biofeedback.

The rooms below import only downwards (docs/reference/rooms.md). Nothing may live here but the
version: importing `levator` stays free of work.
"""

__version__ = "0.1.0"
