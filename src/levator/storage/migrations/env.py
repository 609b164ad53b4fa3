"""How Alembic runs the steps: over the connection it is given, in its transaction."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite can undo changes of tables too, so a cut leaves the old schema or the new one.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
