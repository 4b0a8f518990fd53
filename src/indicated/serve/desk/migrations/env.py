"""How Alembic reaches the desk's database: by the engine that `database.migrate` gives."""

from alembic import context
from sqlalchemy import text

from indicated.serve.desk.tables import Base

LOCK = 7_401_224  # any number that nobody else of the database uses

engine = context.config.attributes["engine"]
# One program at a time: the next looks at the tables when this one is done with them. The
# transaction begins here: on SQLite Alembic would make one of each step, and look before it.
with engine.execution_options(writes=True).connect() as connection:
    if engine.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    else:
        connection.begin()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite changes a table by making it anew
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
