"""A muscle, sample by sample: conditioning, calibration, contraction, quality.

What may not live here: I/O, clocks, randomness, numpy, doses, targets, words for people,
and any clinical number (those are in `levator.library`). Streaming code carries its state
and gives the same bits for any cutting of the stream.
"""
