"""A recording played as if its sensor were here now.

What may not live here: reading of files (that is `levator.formats`), anything that fills in
or changes a sample.
"""
