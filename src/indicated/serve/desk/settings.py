"""What a deployment of the desk may choose, flat. `INDICATED_DESK_<NAME>` sets one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from indicated.errors import InputError

PREFIX = "INDICATED_DESK_"


@dataclass(frozen=True)
class DeskSettings:
    """Every number has its meaning beside it."""

    expedited_hours: int = 72  # to decide an expedited request
    standard_days: int = 7  # days to decide any other
    extension_days: int = 14  # that one extension adds
    extensions: int = 1  # that a case may have
    time_zone: str = "UTC"  # IANA name of the zone whose days count, and in which times are shown
    days_counted: str = "calendar"  # or business: Saturdays, Sundays and holidays do not count
    holidays: str = ""  # 2026-12-25, 2027-01-01 and so on; or the name of a file with one on a line
    closed_day: str = "stays"  # a day that ends the time and is closed; or before, after: moved to
    clock_stops: str = "never"  # while information is asked for; or standard (requests), or all
    session_minutes: int = 30  # without a request, until a person must sign in again
    session_hours: int = 12  # until a person must sign in again in any case
    password_length: int = 12  # the fewest characters of a password
    failures: int = 5  # wrong passwords in a row, until the account is locked
    locked_minutes: int = 15  # that it stays locked
    password_sign_in: str = "on"  # or off: people come by the identity provider alone
    token_requests: int = 120  # that are heard of one token in a minute
    upload_megabytes: int = 100  # of all files of one request
    uploads: int = 200  # files of one request
    page_size: int = 50  # cases on a page of the queue
    job_minutes: int = 10  # until work that nobody has finished may be taken by another
    job_tries: int = 3  # until work that ends its worker is given up
    keep_days: int = 0  # after its last act a decided case is forgotten; 0: it is kept
    keep_open_days: int = 0  # the same of a case that nobody submitted; 0: it is kept
    keep_model_days: int = 0  # that answers of a model are kept; 0: as long as their case
    site_address: str = ""  # https://desk.example.org/site: where it serves what is published
    model: str = ""  # that may propose: folder:DIR, or URL#NAME of an endpoint; none where empty
    model_inside: str = "off"  # or on: it stands inside, and is shown records as they are
    oidc_issuer: str = ""  # address of the identity provider, exactly as it names itself
    oidc_client: str = ""  # what the desk is called there
    oidc_secret: str = field(default="", repr=False)  # and how it shows that it is the desk
    oidc_address: str = ""  # of the desk itself, as people reach it: https://desk.example.org
    oidc_name: str = ""  # of the provider, as people know it


def desk_settings(environment: Mapping[str, str]) -> DeskSettings:
    """The settings that the environment gives.

    >>> desk_settings({"INDICATED_DESK_STANDARD_DAYS": "14"}).standard_days
    14

    Raises `InputError` for a name that is none of these, and for what is no number above zero.
    """
    known = {f.name: f.default for f in fields(DeskSettings)}
    chosen: dict[str, Any] = {}
    for key, said in environment.items():
        name = key.removeprefix(PREFIX).lower()
        if not key.startswith(PREFIX):
            continue
        if name not in known:
            raise InputError("there is no such setting", key, do=f"Known: {sorted(known)}.")
        if isinstance(known[name], str):
            chosen[name] = said.strip()
            continue
        if not said.isascii() or not said.isdigit() or int(said) < 1:
            raise InputError("this must be a whole number above zero", key)
        chosen[name] = int(said)
    return DeskSettings(**chosen)
