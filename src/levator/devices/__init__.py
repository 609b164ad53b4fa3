"""Sensors: the one small interface (`device`) and the drivers behind it, one folder each.

A driver reads raw and says units. What may not live here: calibration, filters, judgement,
targets, storage, pages, and any list of drivers: a driver is found by the URL scheme that
it registers as an entry point.
"""
