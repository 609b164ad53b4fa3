"""The patient's side: her day at home, advice, the stretch at birth.

What may not live here: rules and numbers (those are the course's and the library's), and any
access to what is kept other than through the acts of `levator.clinic`.
"""

from levator.web.home.routes import home_routes

__all__ = ["home_routes"]
