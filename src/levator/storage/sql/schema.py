"""Which schema a database has, and bringing it to the newest one."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, inspect, text

from levator.errors import StorageError

#: The newest migration in `levator.storage.migrations`; a test holds the two together.
NEWEST = "0017"
#: Every version that this levator can bring up to date, oldest first; there was no 0008.
KNOWN = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
)


def schema_version(connection: Connection) -> str | None:
    """Return the version of the schema; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar()
    return version


def bring_up_to_date(engine: Engine, place: str, *, create: bool = True) -> None:
    """Make the tables, or migrate them; refuse a database that a newer levator made.

    Where `create` is false, a database without tables is refused too.
    """
    with engine.connect() as connection:
        version = schema_version(connection)
    if version == NEWEST:
        return
    if version is None and not create:
        raise StorageError(
            "There are no records of levator in %(place)s; check the name.", place=place
        )
    if version is not None and version not in KNOWN:
        raise StorageError(
            "%(place)s was made by a newer levator (schema %(version)s, this one knows "
            "%(newest)s); update levator, or open it with the newer one.",
            place=place,
            version=version,
            newest=NEWEST,
        )
    # Loaded only for a database that needs it: reading the version is all that others need.
    from levator.storage.migrations import migrate

    with engine.execution_options(writes=True).begin() as connection:
        migrate(connection, NEWEST)
