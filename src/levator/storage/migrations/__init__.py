"""The history of the schema, one step a file; the only place where tables are made.

What may not live here: an import of today's tables (`levator.storage.sql.tables`), because
a step describes the schema as it was then.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def migrate(connection: Connection, to: str) -> None:
    """Bring the schema up or down to a version (`base` is empty), in the caller's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    present = connection.dialect.has_table(connection, "alembic_version")
    passed = {step.revision for step in scripts.iterate_revisions(_version(connection), "base")}
    if present and (to == "base" or to in passed):
        command.downgrade(config, to)
    else:
        command.upgrade(config, to)


def steps() -> tuple[str, ...]:
    """Return the version to which each step leads, oldest first. None was ever called 0008."""
    found = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(step.revision for step in found)[::-1]


def _version(connection: Connection) -> str:
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision() or "base"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "levator.storage:migrations")
    return config
