"""Recordings in and out: EDF+ and CSV, and the plain JSON that may travel beside a CSV.

What may not live here: devices, clocks, storage, anything that judges a signal, any default
for a sampling frequency or a unit. A file that does not say what it is, is refused.
"""
