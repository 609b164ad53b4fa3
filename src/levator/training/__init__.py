"""One sitting: pattern, dose, limits, target, session (`step`), fatigue, verdict, summary.

The whole engine is one function, `session.step(state, input) -> (state, events)`.

What may not live here: I/O, clocks, randomness, numpy, devices, weeks of treatment,
sentences for people (events carry codes and numbers; `levator.texts` speaks), and any
clinical number (those arrive in the session's context, from `levator.library`).
"""
