"""How near passages are in meaning to what was asked, by a model in a folder of one's own (extra
`meaning`).

A folder as models of sentences are given out: `tokenizer.json`, `onnx/model.onnx` (or
`model.onnx`), and beside them what `sentence-transformers` writes of pooling, length and prompts.
Nothing is fetched, and nothing is sent. The model only orders what was found by words; it finds
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from indicated.errors import InputError

try:
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer
except ModuleNotFoundError:
    raise InputError(
        "ordering by meaning needs a library that is not installed",
        do="pip install 'indicated[meaning]', or search without INDICATED_SEARCH_MODEL.",
    ) from None

FILES = ("onnx/model.onnx", "model.onnx")
LONGEST = 256  # tokens that are read of a text, where the folder does not say
AT_ONCE = 8  # texts of about the same length
_DO = "Name a folder with tokenizer.json and onnx/model.onnx, as models of sentences are given out."


class ByMeaning:
    """The model of a folder: `ByMeaning(folder)("a question", ["a passage", ...])`.

    Raises `InputError` where the folder holds no model, or one that is pooled in a way that this
    does not know.
    """

    def __init__(self, folder: Path):
        self._where = str(folder)
        file = next((folder / f for f in FILES if (folder / f).is_file()), None)
        if file is None:
            raise InputError("there is no model in this folder", self._where, do=_DO)
        onnxruntime.disable_telemetry_events()
        try:
            self._tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._model = onnxruntime.InferenceSession(
                str(file), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # both libraries raise plain exceptions
            raise self._cannot("the model cannot be read", error) from None
        self._inputs = [i.name for i in self._model.get_inputs()]
        self._first = self._by_first_token(folder)
        longest = _said(folder, "sentence_bert_config.json").get("max_seq_length")
        self._tokens.enable_truncation(int(longest or LONGEST))
        self._tokens.enable_padding()
        prompts = _said(folder, "config_sentence_transformers.json").get("prompts") or {}
        self._asked = str(prompts.get("query", ""))
        self._told = str(prompts.get("document", prompts.get("passage", "")))

    def __call__(self, asked: str, texts: Sequence[str]) -> list[float]:
        """How near each text is to what is asked: the cosine, -1 to 1."""
        if not texts:
            return []
        try:
            (question,) = self._vectors([self._asked + asked])
            vectors = self._vectors([self._told + text for text in texts])
        except Exception as error:  # a model that is another than its folder says
            raise self._cannot("the model cannot be used", error) from None
        return [float(v @ question) for v in vectors]

    def _vectors(self, texts: Sequence[str]) -> list[Any]:
        """A vector of length 1 for each text. Those of one length go together, as what a text is
        filled up with costs as much as its words."""
        found: dict[int, Any] = {}
        for some in _parts(sorted(range(len(texts)), key=lambda n: len(texts[n]))):
            read = self._tokens.encode_batch([texts[n] for n in some])
            mask = np.array([r.attention_mask for r in read], dtype=np.int64)
            given = {
                "input_ids": np.array([r.ids for r in read], dtype=np.int64),
                "attention_mask": mask,
                "token_type_ids": np.array([r.type_ids for r in read], dtype=np.int64),
            }
            states = self._model.run(None, {name: given[name] for name in self._inputs})[0]
            if self._first:
                pooled = states[:, 0]
            else:
                many = np.maximum(mask.sum(axis=1, keepdims=True), 1)
                pooled = (states * mask[:, :, None]).sum(axis=1) / many
            norms = np.linalg.norm(pooled, axis=1, keepdims=True)
            found.update(zip(some, pooled / np.maximum(norms, 1e-12), strict=True))
        return [found[n] for n in range(len(texts))]

    def _by_first_token(self, folder: Path) -> bool:
        """Whether a text is its first token; otherwise it is the mean of all of them."""
        said = _said(folder, "1_Pooling/config.json")
        modes = {k for k, v in said.items() if k.startswith("pooling_mode_") and v is True}
        if modes <= {"pooling_mode_mean_tokens"}:
            return False
        if modes == {"pooling_mode_cls_token"}:
            return True
        raise InputError(
            "the model is pooled in a way that is not known here",
            self._where,
            "Its vectors would mean something else.",
            "Use one that takes the mean, or the first token.",
        )

    def _cannot(self, what: str, error: Exception) -> InputError:
        return InputError(f"{what} ({type(error).__name__})", self._where, do=_DO)


def _said(folder: Path, name: str) -> dict[str, Any]:
    """What a file of the folder says; nothing where there is none, or it is no such file."""
    try:
        said = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _parts(order: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(order), AT_ONCE):
        yield order[at : at + AT_ONCE]
