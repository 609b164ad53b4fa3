"""Training at home: the plan of one woman, what is prescribed of it, and what her phones send.

What may not live here: a rule of the treatment (that is `course.home` and `course.home_told`),
a number of it (`library/home.toml`), pages.
"""
