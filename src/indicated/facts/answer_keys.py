"""The keys of an answer sheet, defined once. Every scalar arrives as the text that was written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from rapidfuzz import fuzz, process

from indicated.facts.answer_file import Form


def _line(text: Any) -> Any:
    """Text on one line; longer than a form's field is a mistake."""
    if not isinstance(text, str):
        return text
    if len(text) > 2000:
        raise ValueError("is longer than an answer can be")
    return " ".join(text.split())


def _yes_no(text: Any) -> Any:
    words = {"true": True, "yes": True, "false": False, "no": False}
    if text not in words:
        raise ValueError("is neither true nor false")
    return words[text]


def _listed(thing: Any) -> Any:
    return [thing] if isinstance(thing, str) else thing


Text = Annotated[str, BeforeValidator(_line)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Texts = Annotated[list[Text], BeforeValidator(_listed)]


class Keys(BaseModel):
    """Unknown keys are errors; what is left empty counts as not given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        known = {f.alias or name for name, f in cls.model_fields.items()} - {"answers"}
        return {k: v for k, v in data.items() if k not in known or v not in ("", [], None)}

    def given(self) -> set[str]:
        """The keys that are filled in, as they are written."""
        return {self.__class__.model_fields[n].alias or n for n in self.model_fields_set}


class AnswerKeys(Keys):
    """One answer."""

    concept: Annotated[Texts, Field(min_length=1)]
    answer: Literal["present", "absent", "unknown"] | None = None
    value: Text | None = None
    on: Texts = []
    from_: Text | None = Field(None, alias="from")
    to: Text | None = None
    ongoing: YesNo | None = None
    dose: Text | None = None
    every: Text | None = None
    route: Text | None = None
    for_: Text | None = Field(None, alias="for")
    response: Literal["none", "partial", "good", "lost"] | None = None
    ended: Literal[
        "no-response", "intolerance", "contraindication", "declined", "completed", "other"
    ] | None = None  # fmt: skip
    adequate: YesNo | None = None
    taken: YesNo | None = None
    site: Texts = []
    shown_by: Annotated[
        list[Literal["imaging", "biopsy", "culture", "test", "examination"]],
        BeforeValidator(_listed),
    ] = []
    during: Texts = []
    remark: Text | None = None
    by: Text | None = None
    role: Text | None = None
    at: Text | None = None


class SheetKeys(Keys):
    """A sheet: who answers, in which role, when, and what."""

    by: Text | None = None
    role: Text | None = None
    at: Text | None = None
    answers: Annotated[list[AnswerKeys], BeforeValidator(lambda x: [] if x == "" else x)]


def note(error: ValidationError, form: Form) -> None:
    """Each problem of the schema in an answering person's words. Values are never repeated."""
    for one in error.errors():
        place = tuple(p for p in one["loc"] if isinstance(p, (str, int)))
        key = next((p for p in reversed(place) if isinstance(p, str)), "")
        kind, known = str(one["type"]), _known(place)
        if kind == "extra_forbidden":
            near = process.extractOne(str(key), known, scorer=fuzz.ratio, score_cutoff=60)
            do = f'Did you mean "{near[0]}"?' if near else f"Known keys here: {', '.join(known)}."
            form.add(place, f'unknown key "{str(key)[:60]}"', "Nobody would read it.", do)
        elif kind == "missing":
            form.add(place, f'missing key "{key}"', "", f'Add "{key}: ...".')
        elif kind == "literal_error":
            form.add(place, f'"{key}" is none of its words', "", f"Write {one['ctx']['expected']}.")
        elif kind == "value_error":
            form.add(place, f'"{key}" {one["ctx"]["error"]}')
        else:
            do = 'Write "key: value" lines as on the sheet.'
            form.add(place, f'"{key or "the file"}" does not have the right shape', "", do)


def _known(place: Iterable[str | int]) -> list[str]:
    model = AnswerKeys if any(isinstance(p, int) for p in place) else SheetKeys
    return [f.alias or name for name, f in model.model_fields.items()]
