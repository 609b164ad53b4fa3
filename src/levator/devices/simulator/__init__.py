"""A simulated patient on a simulated seat: fatigue, tremor, drift, breathing, mishaps.

What may not live here: calibration, targets, judgement; she does what she sees and hears,
as well as her muscle can. `muscle`, `patient` and `seat` are pure: no clock, no randomness
but the generator they are given. Only `driver` knows real time.
"""
