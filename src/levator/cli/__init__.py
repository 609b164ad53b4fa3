"""The command line: reads words, calls the rooms below, prints.

What may not live here: rules, numbers, formats, anything that a second shell would need too.
Heavy libraries are imported by the command that needs them, so that ``levator --help``
starts at once.
"""
