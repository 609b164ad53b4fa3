"""Recordings in a database: SQLite now, PostgreSQL-ready, one code base.

What may not live here: SQL that decides anything clinical, and a second way to make tables
(the schema comes from `levator.storage.migrations` alone).
"""
