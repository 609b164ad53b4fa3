"""Recordings in and out: EDF+ and CSV, and the whole session that may travel with either.

What may not live here: devices, clocks, storage, anything that judges a signal, any default
for a sampling frequency or a unit. A file that does not say what it is, is refused.
"""
