"""The tokens of one's own account."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form
from pydantic import BaseModel, Field

from indicated.serve.desk import tokens
from indicated.serve.desk.pages import NewTokenPage, TokenRow, TokensPage
from indicated.serve.desk.permissions import Action, Scope
from indicated.serve.desk.web import Done, Surface, Turn


class TokenBody(BaseModel):
    name: str = Field(max_length=100)
    scope: Scope = Scope.READ
    days: int = Field(90, ge=1, le=tokens.LONGEST_DAYS)


class RevokeBody(BaseModel):
    token: int


def register(surface: Surface) -> None:
    """The page of tokens and its acts."""
    surface.page("/me/tokens", Action.OWN, "tokens")(own_tokens)
    surface.act("/me/tokens", Action.OWN)(make_token)
    surface.act("/me/tokens/revoke", Action.OWN)(revoke_token)


def own_tokens(turn: Turn) -> TokensPage:
    """The tokens by which programs do one's work."""
    rows = [
        TokenRow(
            t.id, t.name, t.scope, t.made_at, t.expires_at, t.used_at, t.revoked_at,
            tokens.is_live(t, turn.now),
        )
        for t in tokens.of(turn.db, turn.who.id)
    ]  # fmt: skip
    return TokensPage(rows, [s.value for s in Scope], tokens.LONGEST_DAYS)


def make_token(turn: Turn, body: Annotated[TokenBody, Form()]) -> Done:
    """A new token. It is shown this once, and not kept."""
    id, token = tokens.make(turn.db, turn.who, body.name, body.scope, body.days, turn.now)
    page = NewTokenPage(body.name, token)
    return Done("/me/tokens", {"id": id}, secret={"token": token}, page=("token", page))


def revoke_token(turn: Turn, body: Annotated[RevokeBody, Form()]) -> Done:
    """End a token."""
    tokens.revoke(turn.db, turn.who, body.token, turn.now)
    return Done("/me/tokens")
