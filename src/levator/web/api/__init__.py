"""What the screens do, as a programming interface: JSON under /api/v1.

What may not live here: rules, SQL, pages. A route names the action of `records.access` that it
is, checks the form of what comes in, and calls the same act as the page does. Ids are made by
the caller, so that everything may be sent twice.
"""

from levator.web.api.app import PREFIX, create_api

__all__ = ["PREFIX", "create_api"]
