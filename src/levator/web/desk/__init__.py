"""The pages of the record: patients, her file with the course timeline, forms, who looked.

What may not live here: rules and numbers (those are the course's and the library's), and any
access to what is kept other than through the acts of `levator.clinic`.
"""

from levator.web.desk.routes import desk_routes

__all__ = ["desk_routes"]
