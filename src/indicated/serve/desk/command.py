"""`indicated serve` opens the desk, `indicated desk` looks after it, `audit` verifies it."""

from __future__ import annotations

import ctypes
import getpass
import hashlib
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from indicated.assess import assess
from indicated.errors import ExitCode, IndicatedError, InputError, OutputError
from indicated.model import Library
from indicated.report import to_html
from indicated.review import require_whole
from indicated.serve.collection import doubts_of_collection
from indicated.serve.demo import demo_case
from indicated.serve.desk import accounts, keeping, ledger, oidc, publishing, tokens
from indicated.serve.desk.again import look_again
from indicated.serve.desk.app import make_app
from indicated.serve.desk.database import backup, engine_of, migrate, restore, transaction, url_of
from indicated.serve.desk.exported import everything
from indicated.serve.desk.permissions import Role
from indicated.serve.desk.settings import desk_settings
from indicated.serve.desk.web import Desk
from indicated.serve.desk.whole import altered
from indicated.serve.desk.work import work_once
from indicated.serve.desk.zipped import zipped
from indicated.serve.options import library_of, policies_option, reported
from indicated.serve.output import write_file
from indicated.serve.sharing import on_a_site, replace_site

data_option = click.option(
    "--data", default="desk-data", show_default=True, metavar="FOLDER_OR_URL",
    help="Where the desk keeps everything: a folder, or the address of a PostgreSQL database "
    "(postgresql+psycopg://...).",
)  # fmt: skip
BY_COMMAND = "the command line"
PAUSE = 0.5  # seconds between two looks for work
LOOK = 2  # seconds between two looks whether workers live
GRACE = 10  # seconds that what is being done may take when the desk ends


@click.command("serve")
@data_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8700, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(0, 64),
    help="Processes that assess cases; 0 where others do it (`indicated desk work`).",
)  # fmt: skip
@click.option(
    "--behind-https", is_flag=True,
    help="Browsers reach the desk by https alone (a proxy before it ends the encryption).",
)  # fmt: skip
@policies_option
@reported
def serve_command(
    data: str, host: str, port: int, workers: int, behind_https: bool, folders: tuple[Path, ...]
) -> None:
    """Open the review desk: a web application on which cases are asked, read, completed, decided
    and signed. The first time it asks for the first account."""
    import uvicorn

    local = host in ("127.0.0.1", "::1", "localhost")
    if not (local or behind_https):
        raise InputError(
            "a desk that others reach needs https",
            why="Passwords and patients' records would travel in the clear.",
            do="Put a proxy with a certificate before it, and give --behind-https.",
        )
    _few_arenas()
    with _open(data) as engine:
        with transaction(engine, writes=False) as db:
            empty = not accounts.has_users(db)
        if empty:
            _first(engine)
        settings = desk_settings(os.environ)
        with _listening(host, port) as listener, _workers(workers, data, folders):
            library = library_of(folders)
            app = make_app(Desk(engine, settings, lambda: library, secure=behind_https))
            click.echo(f"The review desk is at http://{host}:{port} (Ctrl-C ends it).", err=True)
            threading.Thread(target=_warm, args=(library,), daemon=True).start()
            # Words of an exception may be a patient's: nothing is logged.
            config = uvicorn.Config(
                app, log_level="critical", access_log=False, server_header=False,
                proxy_headers=behind_https, timeout_graceful_shutdown=GRACE,
                timeout_keep_alive=KEEP_ALIVE,
            )  # fmt: skip
            with suppress(KeyboardInterrupt):
                uvicorn.Server(config).run([listener])


ARENAS = 2
KEEP_ALIVE = 75  # seconds; a reader who thinks for five would find the connection just closing


def _few_arenas() -> None:
    """Let threads share what memory was freed. The C library otherwise keeps a stock for each of
    them, and forty threads that each made a page once hold many times what is in use."""
    with suppress(OSError, AttributeError):  # another C library keeps none
        ctypes.CDLL(None).mallopt(-8, ARENAS)  # M_ARENA_MAX of glibc


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """The address of the desk, taken before anything else is begun."""
    with ExitStack() as open_things:
        try:
            kind, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            listener = open_things.enter_context(socket.socket(kind))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
        except OSError as error:
            raise OutputError(
                f"the desk cannot listen at {host}:{port}: {error.strerror}",
                do="End the program that does, or choose another by --port.",
            ) from None
        yield listener


def _warm(library: Library) -> None:
    """Go through one case, so that the first person who asks on does not wait for what is made once
    in the life of the program."""
    with suppress(IndicatedError):
        to_html(assess(demo_case(), library).article)


@contextmanager
def _workers(number: int, data: str, folders: tuple[Path, ...]) -> Iterator[None]:
    """Processes that assess, as long as this lasts: one that died is followed by another."""
    signal.signal(signal.SIGTERM, _end)
    running = [_worker(data, folders) for _ in range(number)]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(LOOK):
            for n, process in enumerate(running):
                if not process.is_alive() and not over.is_set():
                    running[n] = _worker(data, folders)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
        for process in running:
            process.terminate()
        for process in running:
            process.join(GRACE)
            process.kill()


def _end(*_: object) -> None:
    """What SIGTERM does: leave as by the end of the program, so that nothing is left running."""
    sys.exit(0)


@contextmanager
def _open(data: str) -> Iterator[Engine]:
    """The desk's database, its tables brought to this program's version."""
    engine = engine_of(url_of(data))
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()


def _first(engine: Engine) -> None:
    """Ask for the first accounts at the terminal: one who gives out accounts, and who signs."""
    if not sys.stdin.isatty():
        raise InputError(
            "nobody has an account yet", do="Make one: indicated desk user LOGIN --role ..."
        )
    click.echo("Nobody has an account yet. Make yours; it gives out the others.")
    login = click.prompt("Login")
    name = click.prompt("Name, as it is signed")
    password = getpass.getpass("Password: ")
    roles = [r.value for r in (Role.ADMINISTRATOR, Role.AUTHOR)]
    with transaction(engine) as db:
        _add(db, login, name, password, roles)


def _add(db: Session, login: str, name: str, password: str, roles: list[str]) -> None:
    now = datetime.now(UTC)
    accounts.add_user(db, login, name, password, roles, at=now, settings=desk_settings(os.environ))
    told = f"{login}: {', '.join(roles)}"
    ledger.write(db, "user", by=BY_COMMAND, role="program", at=now, comment=told)


def _worker(data: str, folders: tuple[Path, ...]) -> multiprocessing.process.BaseProcess:
    process = multiprocessing.get_context("spawn").Process(
        target=work_on, args=(data, folders), daemon=True
    )
    process.start()
    return process


def work_on(data: str, folders: tuple[Path, ...]) -> None:
    """Assess whatever waits, until the process ends, or whoever began it does."""
    signal.signal(signal.SIGTERM, _end)
    parent = multiprocessing.parent_process()
    if parent:  # Ctrl-C goes to both: it is the parent that ends this one
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine, settings = engine_of(url_of(data)), desk_settings(os.environ)
    library = _library(folders)
    looked: date | None = None
    while parent is None or parent.is_alive():
        try:
            if looked != (today := datetime.now(UTC).date()):
                doubts = doubts_of_collection(library, os.environ)
                look_again(engine, library, datetime.now(UTC), doubts)
                keeping.forget_due(engine, settings, datetime.now(UTC))
                looked = today
            done = work_once(engine, library, settings, datetime.now(UTC))
        except IndicatedError as error:  # the database is gone; it may come back
            click.echo(f"error: {error}", err=True)
            done = ""
            time.sleep(10 * PAUSE)
        if not done:
            time.sleep(PAUSE)


@lru_cache(maxsize=1)
def _library(folders: tuple[Path, ...]) -> Library:
    return library_of(folders)


@click.group("desk")
def desk_group() -> None:
    """Look after the review desk: accounts, workers, backups."""


@desk_group.command("work")
@data_option
@policies_option
@reported
def work_command(data: str, folders: tuple[Path, ...]) -> None:
    """Assess cases that wait, beside a desk that is served elsewhere. Any number may run."""
    with _open(data):
        pass
    work_on(data, folders)


@desk_group.command("user")
@click.argument("login")
@click.option("--name", required=True, help="As it is signed.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([r.value for r in Role])
)
@data_option
@reported
def user_command(login: str, name: str, roles: tuple[str, ...], data: str) -> None:
    """Make an account. The password is asked for, or read from standard input."""
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    with _open(data) as engine, transaction(engine) as db:
        _add(db, login, name, password, list(roles))
    click.echo(f"made: {login}", err=True)


@desk_group.command("password")
@click.argument("login")
@click.option("--forget-factor", is_flag=True, help="Remove the second factor as well.")
@data_option
@reported
def password_command(login: str, forget_factor: bool, data: str) -> None:
    """Set another password for LOGIN, the way back in. It is asked for, or read from standard
    input; the account is unlocked, and signed out everywhere."""
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    now = datetime.now(UTC)
    with _open(data) as engine, transaction(engine) as db:
        user = accounts.named(db, login)
        if user is None:
            raise InputError("there is no such account")
        accounts.set_password(user, password, desk_settings(os.environ))
        if forget_factor:
            user.secret, user.step = "", 0
        accounts.end_all(db, user)
        tokens.revoke_all(db, user, now)
        told = f"{user.login}: password{'; second factor removed' if forget_factor else ''}"
        ledger.write(db, "user", by=BY_COMMAND, role="program", at=now, comment=told)
    click.echo(f"set: {user.login}", err=True)


@desk_group.command("identity")
@click.argument("login")
@click.argument("subject", default="")
@data_option
@reported
def identity_command(login: str, subject: str, data: str) -> None:
    """Let SUBJECT of the identity provider (INDICATED_DESK_OIDC_ISSUER) sign in as LOGIN; without a
    subject, nobody of the provider any more."""
    settings, now = desk_settings(os.environ), datetime.now(UTC)
    with _open(data) as engine, transaction(engine) as db:
        user = accounts.named(db, login)
        if user is None:
            raise InputError("there is no such account")
        oidc.set_identity(db, user, settings.oidc_issuer, subject)
        accounts.end_all(db, user)
        told = f"{user.login}: subject {subject or 'taken away'}"
        ledger.write(db, "user", by=BY_COMMAND, role="program", at=now, comment=told)
    click.echo(f"set: {user.login}", err=True)


@desk_group.command("publish")
@data_option
@on_a_site
@reported
def publish_desk_command(data: str, url: str, folder: Path, language: str) -> None:
    """Write what editors published at the desk as a static site, in place of the one that is there.

    What was taken down is gone, and its address says so."""
    with _open(data) as engine, transaction(engine, writes=False) as db:
        entries = require_whole("\n".join(ledger.lines(db)), "the ledger")
        made = dict(publishing.site(db, url, language))
        count = len(publishing.standing(db))
    replace_site(made, entries, "the ledger", folder=folder)
    click.echo(f"published: {folder}/index.html, {count} articles", err=True)


@desk_group.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
@reported
def backup_command(file: Path, data: str) -> None:
    """Copy the whole desk into FILE, while it is in use."""
    with _open(data) as engine:
        backup(engine, file)
    click.echo(f"written: {file}", err=True)


@desk_group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--case", default="", metavar="ID", help="Of this case alone.")
@data_option
@reported
def export_command(file: Path, case: str, data: str) -> None:
    """Write everything that the desk holds into FILE, a zip that needs no desk to be read: tables
    as JSON lines, documents, every version as an article, and the ledger. Passwords and keys are
    left out."""
    if file.exists():
        raise OutputError("there is something already", str(file), do="Name a new file.")
    now = datetime.now(UTC)
    with _open(data) as engine:
        with transaction(engine, writes=False) as db:
            files = everything(db, now, case)
            _tell_export(engine, case, "begun")  # none leaves without a line, whatever happens next
            write_file(file, zipped(files, now))
        with file.open("rb") as written:
            sum = hashlib.file_digest(written, "sha256").hexdigest()
        _tell_export(engine, case, f"written, SHA-256 {sum}")
    click.echo(f"written: {file}", err=True)


def _tell_export(engine: Engine, case: str, how: str) -> None:
    with transaction(engine) as db:
        ledger.write(
            db, "export", by=BY_COMMAND, role="program", at=datetime.now(UTC), case=case,
            comment=how if case else f"everything; {how}",
        )  # fmt: skip


@desk_group.command("forget")
@click.option(
    "--before", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
    help="Whatever nobody has acted on since then, in place of the rules of the desk.",
)  # fmt: skip
@click.option("--case", default="", metavar="ID", help="This case alone, however new it is.")
@click.option("--dry-run", is_flag=True, help="Only say which.")
@data_option
@reported
def forget_command(before: datetime | None, case: str, dry_run: bool, data: str) -> None:
    """Forget cases: every word of them goes, for good; what is counted and proved stays. By the
    rules of the desk (INDICATED_DESK_KEEP_DAYS and the like), or by what is named here. What is
    under review, published or held is kept."""
    settings, now = desk_settings(os.environ), datetime.now(UTC)
    limit = before.replace(tzinfo=UTC) if before else None
    if not (limit or case or settings.keep_days or settings.keep_open_days):
        raise InputError(
            "nothing says what is to be forgotten",
            do="Give --before DATE or --case ID, or set INDICATED_DESK_KEEP_DAYS.",
        )
    with _open(data) as engine:
        if case:
            with transaction(engine, writes=not dry_run) as db:
                keeping.require_forgettable(db, case)
                if not dry_run:
                    keeping.forget(db, case, "asked for", BY_COMMAND, "program", now)
            found = [case]
        else:
            with transaction(engine, writes=False) as db:
                listed = keeping.due(db, settings, now, limit)
            for each in listed:
                click.echo(f"{each.case}  {each.state}, last act {each.last:%Y-%m-%d}: {each.rule}")
            done = () if dry_run else keeping.forgetting(engine, listed, BY_COMMAND, "program", now)
            found = [each.case for each in (listed if dry_run else done)]
        if not dry_run:
            keeping.wipe(engine)
    what = "would be forgotten" if dry_run else "forgotten"
    click.echo(f"{what}: {len(found)} case{'s' * (len(found) != 1)}", err=True)


@desk_group.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@reported
def restore_command(file: Path, data: str) -> None:
    """Make a desk of a backup, in a folder where there is none."""
    restore(file, engine_of(url_of(data)))
    with _open(data):
        pass
    click.echo(f"restored: {data}", err=True)


@click.group("audit")
def audit_group() -> None:
    """The ledger of a desk: every act, and every reading of a patient's data."""


@audit_group.command("verify")
@data_option
@click.option("--head", default="", metavar="HASH", help="A hash that must still be in it.")
@reported
def audit_verify_command(data: str, head: str) -> None:
    """Say whether the ledger, every version and every document are as they were written, and what
    is not."""
    with _open(data) as engine, transaction(engine, writes=False) as db:
        breaks = ledger.broken(db, head)
        others = altered(db)
        told = list(ledger.lines(db))
        jumps = ledger.set_back(db)
    for jump in jumps:
        click.echo(jump, err=True)
    for found in breaks:
        click.echo(f"line {found.line}: {found.kind}: {found.says}")
    for told_of in others:
        click.echo(told_of)
    if breaks or others:
        sys.exit(int(ExitCode.INPUT))
    last = f"; head {ledger.head(told)}" if told else ""
    click.echo(f"whole: {len(told)} lines{last}")


@audit_group.command("export")
@data_option
@reported
def audit_export_command(data: str) -> None:
    """Print the ledger, as `indicated log verify` reads it."""
    with _open(data) as engine, transaction(engine, writes=False) as db:
        for told in ledger.lines(db):
            click.echo(told)
