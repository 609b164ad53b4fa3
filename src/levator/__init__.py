"""Perinatal pelvic-floor training with real-time biofeedback.

Each room below says what it is; rooms import only downwards. Anything but the version may not
live here: importing `levator` stays free of work.
"""

__version__ = "0.1.0"
