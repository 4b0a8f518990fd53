"""How Alembic reaches the desk's database: by the engine that `database.migrate` gives."""

from alembic import context

from indicated.serve.desk.tables import Base

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite changes a table by making it anew
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
