"""Weeks of treatment: protocol, stages, entry, and the dose and limits that follow.

What may not live here: I/O, dates and clocks (weeks arrive as numbers), clinical numbers
(they come from the protocol file), what happens inside a sitting (that is `training`), and
sentences for people: every refusal is data, `levator.texts` speaks it.
"""
