"""A work of a collection on one line."""

from __future__ import annotations

from indicated.model import Work


def line_of(work: Work) -> str:
    """What it is, whether it stands, its title and its identifiers."""
    named = ", ".join(f"{kind} {value}" for kind, value in work.identifiers)
    kept = "licensed" if work.licensed else ""
    return " · ".join(t for t in (*about_work(work), kept, work.title, named) if t)


def about_work(work: Work) -> list[str]:
    """Its id, its standing where it is not current, its type, who issued it and when."""
    standing = work.status.upper() if work.status != "current" else ""
    return [work.id, standing, work.type, work.organisation, work.year]
