"""What a clinic keeps: recordings as plain values, and the one interface to where they lie.

What may not live here: files, databases, clocks, threads (those are `levator.storage` and
`levator.live`), or any decision about training.
"""
