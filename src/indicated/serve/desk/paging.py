"""Lists that can grow long, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]


@dataclass(frozen=True)
class Paged(Generic[T]):
    """One page of a list, and how long the whole is."""

    rows: list[T]
    page: int
    pages: int
    total: int


def paged(db: Session, query: Select[T], page: int, size: int) -> Paged[T]:
    """The rows of a page; none on a page beyond the last."""
    counted: Select[Any] = query.order_by(None)
    total = db.scalar(select(func.count()).select_from(counted.subquery())) or 0
    rows = list(db.scalars(query.limit(size).offset((page - 1) * size)))
    return Paged(rows, page, max(1, ceil(total / size)), total)
