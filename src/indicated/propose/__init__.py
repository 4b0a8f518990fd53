"""What a language model may be asked, and what counts as an answer.

A model is a servant: it may propose, it never decides. This package knows requests, prompts and the
shapes of answers; it calls nothing. Who answers (a folder of files, an endpoint) is handed to a
story as a function, and everything that comes back is held against the words it claims to rest on.
The stage that judges cannot import this package; a contract in `pyproject.toml` proves it.
"""

from indicated.propose.exchange import Exchange
from indicated.propose.prompts import Prompt, load_prompt
from indicated.propose.request import Answer, Model, Request, made, read_answer
from indicated.propose.tally import Tally

__all__ = [
    "Answer",
    "Exchange",
    "Model",
    "Prompt",
    "Request",
    "Tally",
    "load_prompt",
    "made",
    "read_answer",
]
