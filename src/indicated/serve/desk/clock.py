"""Until when a case must be decided: every rule of it, and the zone in which moments are shown.

Moments are kept in UTC. A day is a day of the desk's zone: seven days after nine o'clock is nine
o'clock, though a clock was put on by an hour in between. Hours are hours, whatever any clock shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func

from indicated.errors import InputError
from indicated.serve.desk.settings import PREFIX, DeskSettings
from indicated.serve.desk.tables import CaseRow

SATURDAY = 5
DAY = timedelta(days=1)
CHOICES = {  # setting -> what it may be
    "days_counted": ("calendar", "business"),
    "closed_day": ("stays", "before", "after"),
    "clock_stops": ("never", "standard", "all"),
}


@dataclass(frozen=True)
class Rules:
    """The settings of the clock, read and held to what they may be."""

    zone: ZoneInfo
    hours: int
    days: int
    extension: int
    extensions: int
    business: bool
    closed_day: str
    stops: str
    holidays: frozenset[date]

    def is_closed(self, day: date) -> bool:
        """Whether nobody works on that day."""
        return day.weekday() >= SATURDAY or day in self.holidays


@lru_cache(maxsize=16)
def rules_of(settings: DeskSettings) -> Rules:
    """The rules that the settings give.

    Raises `InputError` for a zone, a word or a date that is none.
    """
    for name, words in CHOICES.items():
        if getattr(settings, name) not in words:
            raise InputError(f"this must be one of: {', '.join(words)}", _named(name))
    return Rules(
        _zone(settings.time_zone), settings.expedited_hours, settings.standard_days,
        settings.extension_days, settings.extensions, settings.days_counted == "business",
        settings.closed_day, settings.clock_stops, _holidays(settings.holidays),
    )  # fmt: skip


def _named(setting: str) -> str:
    return f"{PREFIX}{setting.upper()}"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise InputError(
            f'there is no time zone "{name}"', _named("time_zone"),
            do="Name one as IANA does, such as America/New_York.",
        ) from None  # fmt: skip


def _holidays(said: str) -> frozenset[date]:
    """Days from the setting itself, or from the file that it names.

    >>> sorted(_holidays("2026-12-25, 2027-01-01"))
    [datetime.date(2026, 12, 25), datetime.date(2027, 1, 1)]
    """
    where = _named("holidays")
    if said and not re.match(r"\d{4}-", said):
        try:
            said, where = Path(said).read_text(encoding="utf-8-sig"), said
        except (OSError, ValueError):
            raise InputError(
                "the file of holidays cannot be read", where, do="Name a text file."
            ) from None
    words = re.split(r"[\s,;]+", re.sub(r"#.*", "", said).strip())
    try:
        return frozenset(date.fromisoformat(w) for w in words if w)
    except ValueError:
        raise InputError(
            "a holiday is not a date", where, do="Write one as 2026-12-25; # begins a remark."
        ) from None


# --- until when ----------------------------------------------------------------------------------


def due(received: datetime, rules: Rules, *, expedited: bool) -> datetime:
    """The moment by which a request must be decided."""
    if expedited:
        return received + timedelta(hours=rules.hours)
    return after(received, rules.days, rules)


def after(moment: datetime, days: int, rules: Rules) -> datetime:
    """So many days later at the same time of the day in the desk's zone, by its way of counting.

    A time that the clock leaves out that day is the one an hour later; of a time that it shows
    twice, the first counts.
    """
    local = moment.astimezone(rules.zone)
    day = _open_days(local.date(), days, rules) if rules.business else local.date() + days * DAY
    while rules.closed_day != "stays" and rules.is_closed(day):
        day += -DAY if rules.closed_day == "before" else DAY
    at = datetime.combine(max(day, local.date()), local.time(), rules.zone)
    return at.astimezone(UTC)


def _open_days(day: date, days: int, rules: Rules) -> date:
    """The n-th open day after this one, which does not count itself."""
    while days:
        day += DAY
        days -= not rules.is_closed(day)
    return day


def may_extend(case: CaseRow, rules: Rules) -> bool:
    """Whether the rules leave the case an extension."""
    return case.extensions < rules.extensions


def extend(case: CaseRow, because: str, rules: Rules) -> None:
    """Put off the moment. Raises `InputError` without a reason, and where none is left."""
    if not may_extend(case, rules):
        times = "once" if rules.extensions == 1 else f"{rules.extensions} times"
        raise InputError(f"the time was extended {times} already")
    if not because.strip():
        raise InputError("an extension needs a reason", do="Say what is waited for.")
    case.due_at = after(case.due_at, rules.extension, rules)
    case.extensions += 1
    case.extended_because = because.strip()


# --- while information is asked for --------------------------------------------------------------


def may_stop(case: CaseRow, rules: Rules) -> bool:
    """Whether the rules let this case's clock stop while information is asked for."""
    allowed = rules.stops == "all" or (rules.stops == "standard" and not case.expedited)
    return allowed and case.pended_at is None


def stop(case: CaseRow, because: str, at: datetime, rules: Rules) -> None:
    """Stop the clock. Raises `InputError` where the rules do not allow it, without a word of what
    was asked for, and once the time is over: no request makes a late decision timely."""
    if case.pended_at is not None:
        raise InputError("the clock stands already")
    if not may_stop(case, rules):
        raise InputError(
            "the clock of this case does not stop",
            why="By the rules of this desk it runs while information is asked for.",
        )
    if at > case.due_at:
        raise InputError("the time is over, so that the clock cannot be stopped")
    if not because.strip():
        raise InputError("say which information is asked for")
    case.pended_at, case.pended_because = at, because.strip()


def run_on(case: CaseRow, at: datetime) -> bool:
    """Let a clock that stands run again; what it stood is added. Says whether it stood.

    Where the machine's clock was put back meanwhile, nothing is added, and nothing taken away.
    """
    if case.pended_at is None:
        return False
    case.due_at += max(at - case.pended_at, timedelta(0))
    case.pended_at, case.pended_because = None, ""
    return True


def hours_left(case: CaseRow, now: datetime) -> int:
    """Whole hours until it is due, below zero once it is late; those that it had when it stopped.

    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> hours_left(CaseRow(due_at=noon), noon + timedelta(minutes=1))
    -1
    """
    return int((case.due_at - (case.pended_at or now)) // timedelta(hours=1))


def is_late(now: datetime) -> ColumnElement[bool]:
    """Cases whose time is over, settled or not."""
    return CaseRow.due_at < func.coalesce(CaseRow.pended_at, now)


# --- for the eye ---------------------------------------------------------------------------------


def shown(at: datetime, zone: str) -> str:
    """A moment in the desk's zone, with the name that the zone has then.

    >>> shown(datetime(2026, 3, 2, 12, tzinfo=UTC), "America/New_York")
    '2026-03-02 07:00 EST'
    >>> shown(datetime(2026, 7, 2, 12, tzinfo=UTC), "America/Sao_Paulo")
    '2026-07-02 09:00 UTC-03'
    """
    local = at.astimezone(ZoneInfo(zone))
    name = local.tzname() or ""
    return f"{local:%Y-%m-%d %H:%M} {name if name[:1].isalpha() else f'UTC{name}'}"


def today(now: datetime, settings: DeskSettings) -> date:
    """The day that it is where the desk is."""
    return now.astimezone(rules_of(settings).zone).date()
