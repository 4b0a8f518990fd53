"""Whether anything may be asked of public services, where they are, and the log of what left.

Nothing leaves unless the environment allows it and the command says so. What leaves is the words
that a person typed, or identifiers of works: never text of a record, which no command here is
given.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from indicated import __version__
from indicated.errors import InputError
from indicated.model import Review
from indicated.review import append_behind
from indicated.serve.kept import kept_in
from indicated.serve.model.sent import log_file
from indicated.serve.options import needs

if TYPE_CHECKING:
    from indicated.serve.online.client import Client, Service

ALLOWED, LOG = "INDICATED_ONLINE", "INDICATED_ONLINE_LOG"
EMAIL, PROXY, TRUST = "INDICATED_ONLINE_EMAIL", "INDICATED_ONLINE_PROXY", "INDICATED_ONLINE_CA"
NCBI_KEY, FDA_KEY = "INDICATED_NCBI_KEY", "INDICATED_OPENFDA_KEY"
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Known:
    """A service as it is published. `every`: seconds between two requests at least; with a key,
    `keyed`. Where a service publishes no limit, half a second."""

    title: str
    base: str
    every: float
    keyed: float = 0.0
    key: str = ""  # the variable of its key
    who: str = ""  # the parameter in which it asks for the user's address


_NCBI = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
SERVICES = {
    "pubmed": Known("PubMed", _NCBI, 0.34, 0.11, NCBI_KEY, "email"),  # 3 in a second, or 10
    "pmc": Known("PubMed Central", _NCBI, 0.34, 0.11, NCBI_KEY, "email"),
    "dailymed": Known("DailyMed", "https://dailymed.nlm.nih.gov/dailymed/services/v2", 0.5),
    "openfda": Known("openFDA", "https://api.fda.gov", 0.25, 0.25, FDA_KEY),  # 240 in a minute
    "trials": Known("ClinicalTrials.gov", "https://clinicaltrials.gov/api/v2", 1.2),  # 50
    "doi": Known("doi.org", "https://doi.org/api", 0.5),
    "crossref": Known("Crossref", "https://api.crossref.org", 0.5, who="mailto"),
}  # fmt: skip


def variable(name: str) -> str:
    """The variable that says where a service is.

    >>> variable("pubmed")
    'INDICATED_ONLINE_PUBMED'
    """
    return f"INDICATED_ONLINE_{name.upper()}"


def shown(text: str) -> str:
    """Words of a service for a screen: signs that would steer it are left out.

    >>> shown("a\\x1b[2Jb\\nc")
    'a[2Jb c'
    """
    return "".join(ch for ch in " ".join(text.split()) if ch.isprintable())


# What the environment may say, for docs/settings.md.
ENVIRONMENT = {
    ALLOWED: '"yes" allows commands with `--online` to ask public services '
    "([evidence](evidence.md#asking-public-services)). Without it nothing is asked.",
    LOG: "the file of the log of what left for public services. Without it: "
    "`~/.local/state/indicated/online-log.jsonl`.",
    EMAIL: "your address, sent to the services that ask for one (NCBI, Crossref). Without it none "
    "is sent.",
    PROXY: "the address of your institution's proxy, for these requests alone.",
    TRUST: "a file of certificates (PEM) to trust beside those of the system.",
    NCBI_KEY: "your key of NCBI: ten requests in a second rather than three. It is never written "
    "down.",
    FDA_KEY: "your key of openFDA: more requests in a day. It is never written down.",
    **{
        variable(name): f"where {known.title} is asked. Without it: `{known.base}`."
        for name, known in SERVICES.items()
    },
}

online_option = click.option(
    "--online", is_flag=True,
    help=f"Ask public services; ${ALLOWED}=yes must allow it too. Only your own words or the "
    "identifiers of works leave, and each request is logged first.",
)  # fmt: skip


def require(online: bool, environment: Mapping[str, str], would: str) -> None:
    """Raise `InputError` where nothing may be asked. `would`: what would leave, and where to."""
    missing = [] if online else ["give --online"]
    if environment.get(ALLOWED, "").strip().lower() not in ("yes", "true", "1"):
        missing.append(f"set {ALLOWED}=yes")
    if missing:
        raise InputError(
            "nothing was asked: public services are off",
            why=f"This would leave your machine: {would}.",
            do=f"If you want that, {' and '.join(missing)} (docs/evidence.md).",
        )


def service(name: str, environment: Mapping[str, str] = os.environ) -> Service:
    """A service where the settings say that it is. Raises `InputError`."""
    from indicated.serve.online.client import Service

    known = SERVICES[name]
    base = environment.get(variable(name), "").strip() or known.base
    _sound(variable(name), base)
    key = environment.get(known.key, "").strip() if known.key else ""
    secret = {"api_key": key} if key else {}
    if known.base == _NCBI:
        secret["tool"] = f"indicated/{__version__}"
    if known.who and (email := environment.get(EMAIL, "").strip()):
        secret[known.who] = email
    return Service(known.title, base, known.keyed if key else known.every, secret)


def _sound(name: str, base: str) -> None:
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise InputError(
            f"{name} holds no address of a service", do="Write it as https://host/path."
        )
    if parts.username or parts.password:
        raise InputError(
            f"{name} holds a name or a password",
            why="It would stand in logs.",
            do="Leave it out; keys have variables of their own.",
        )
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        raise InputError(
            f"{name}: {parts.hostname} would be reached without encryption",
            why="What is asked could be read, and what is answered changed, on the way.",
            do="Use https; http is for this machine alone.",
        )


def client(
    environment: Mapping[str, str] = os.environ, *, again: bool = False, **clocks: Any
) -> Client:
    """A client that logs each request before it leaves, and keeps the answers."""
    needs("model", "httpx2")
    from indicated.serve.online.client import Client
    from indicated.serve.online.kept_answers import Answers

    kept, proxy = kept_in(environment), environment.get(PROXY, "").strip()
    if proxy and (urlsplit(proxy).scheme not in ("http", "https") or not urlsplit(proxy).hostname):
        raise InputError(f"{PROXY} holds no address of a proxy", do="Write it as http://host:port.")
    return Client(
        Answers(kept / "online" if kept else None),
        Sent(log_file(environment, LOG, "online-log.jsonl")),
        again=again,
        proxy=proxy,
        certificates=environment.get(TRUST, "").strip(),
        **clocks,
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """Writes a line before each request leaves: to whom, when, and its address, which holds all
    that leaves but keys and the address of the user."""

    log: Path
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def __call__(self, url: str) -> None:
        """Raises where the line cannot be written."""
        at = self.now().replace(microsecond=0)
        key = hashlib.sha256(url.encode()).hexdigest()
        host = urlsplit(url).hostname or ""
        append_behind(self.log, Review("sent", host, at, key, url, role="online"))
