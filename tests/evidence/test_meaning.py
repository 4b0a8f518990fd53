"""A model of sentences orders what words found, and neither adds to it nor leaves anything out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from indicated.errors import ExitCode, InputError
from indicated.evidence.collection import Collection
from indicated.evidence.parts import Found, Piece
from indicated.evidence.search import search
from indicated.model import Work
from indicated.serve.cli import main

onnx = pytest.importorskip("onnx")
from tokenizers import Tokenizer  # noqa: E402
from tokenizers.models import WordLevel  # noqa: E402
from tokenizers.pre_tokenizers import Whitespace  # noqa: E402

from indicated.evidence.meaning import ByMeaning  # noqa: E402

# Each word and its vector: the second three words are those of the first in another manner.
VECTORS = {
    "[PAD]": (9, 9, 9), "[UNK]": (0, 0, 0), "itching": (1, 0, 0), "cough": (0, 1, 0), "pain": (0, 0, 1),
    "pruritus": (1, 0, 0), "tussis": (0, 1, 0), "ache": (0, 0, 1), "asked": (0, 0, 9),
}  # fmt: skip
BEGUN = {"sentence_bert_config.json": {"max_seq_length": 16}}


def written(folder: Path, inputs: tuple[str, ...] = ("input_ids", "attention_mask")) -> Path:
    """A model that looks up the vector of each word."""
    words = Tokenizer(WordLevel({w: n for n, w in enumerate(VECTORS)}, unk_token="[UNK]"))
    words.pre_tokenizer = Whitespace()
    folder.joinpath("onnx").mkdir(parents=True)
    words.save(str(folder / "tokenizer.json"))
    helper, kind = onnx.helper, onnx.TensorProto
    table = onnx.numpy_helper.from_array(np.array(list(VECTORS.values()), np.float32), "table")
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "looked-up",
        [helper.make_tensor_value_info(i, kind.INT64, ["texts", "words"]) for i in inputs],
        [helper.make_tensor_value_info("last_hidden_state", kind.FLOAT, ["texts", "words", 3])],
        [table],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "onnx/model.onnx"))
    for name, said in BEGUN.items():
        folder.joinpath(name).write_text(json.dumps(said))
    return folder


def say(folder: Path, name: str, said: object) -> None:
    folder.joinpath(name).parent.mkdir(exist_ok=True)
    folder.joinpath(name).write_text(json.dumps(said))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("model") / "m")


@pytest.fixture
def own(folder: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(folder, tmp_path / "own"))


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """Works that words do not tell apart."""
    with Collection(tmp_path_factory.mktemp("c") / "c.sqlite", create=True) as collection:
        for word in ("tussis", "pruritus", "ache"):
            for n in range(4):
                text = f"What helps with zebra is told of {word} in {n}."
                collection.add(Found(Work("", f"zebra {word}", year="2001"), (Piece(text),)))
        yield collection


NEAR = [
    ("itching", ["pruritus", "tussis"], [1, 0]),
    ("itching", ["pruritus tussis"], [0.707]),
    ("itching", ["pruritus", "pruritus pruritus pruritus ache tussis"], [1, 0.905]),
    ("itching", ["another"], [0]),
    ("", ["pruritus"], [0]),
    ("itching", [""], [0]),
    ("itching", [], []),
]


@pytest.mark.parametrize(("asked", "texts", "near"), NEAR)
def test_how_near(folder: Path, asked: str, texts: list[str], near: list[float]) -> None:
    """Whatever a text is filled up with to the length of its neighbours tells nothing."""
    assert ByMeaning(folder)(asked, texts) == pytest.approx(near, abs=1e-3)


@given(
    st.lists(st.lists(st.sampled_from(list(VECTORS)[2:]), max_size=9).map(" ".join), max_size=30)
)
def test_it_does_not_depend_on_the_neighbours(folder: Path, texts: list[str]) -> None:
    near = ByMeaning(folder)
    assert near("cough", texts) == pytest.approx([near("cough", [t])[0] for t in texts], abs=1e-5)


def test_what_the_folder_says_of_pooling_length_and_prompts(own: Path) -> None:
    texts = ["pruritus tussis tussis"]
    say(own, "1_Pooling/config.json", {"pooling_mode_cls_token": True})
    assert ByMeaning(own)("itching", texts) == pytest.approx([1])
    say(own, "1_Pooling/config.json", {"pooling_mode_mean_tokens": True})
    assert ByMeaning(own)("itching", texts) == pytest.approx([0.447], abs=1e-3)
    say(own, "sentence_bert_config.json", {"max_seq_length": 1})
    assert ByMeaning(own)("itching", texts) == pytest.approx([1])
    say(own, "sentence_bert_config.json", {"max_seq_length": 16})
    say(own, "config_sentence_transformers.json", {"prompts": {"query": "asked "}})
    assert ByMeaning(own)("itching", ["pain"])[0] > 0.9
    say(own, "1_Pooling/config.json", {"pooling_mode_max_tokens": True})
    with pytest.raises(InputError, match="pooled in a way that is not known"):
        ByMeaning(own)


def test_a_model_that_wants_kinds_of_words(tmp_path: Path) -> None:
    names = ("input_ids", "attention_mask", "token_type_ids")
    assert ByMeaning(written(tmp_path / "m", names))("itching", ["pruritus"]) == pytest.approx([1])


def test_the_nearest_come_first_and_nothing_else_is_changed(
    folder: Path, collection: Collection
) -> None:
    near = ByMeaning(folder)
    for asked, word in (
        ("zebra itching", "pruritus"),
        ("zebra cough", "tussis"),
        ("zebra pain", "ache"),
    ):
        plain = search(collection, asked, most=12)
        ordered = search(collection, asked, most=12, near=near)
        assert {r.passage for r in ordered} == {r.passage for r in plain}
        assert all(word in r.passage.text for r in ordered[:4]), asked
        assert [r.whole for r in ordered] == sorted((r.whole for r in plain), reverse=True)
    assert search(collection, "nothing of that", near=near) == ()


def test_what_does_not_stand_is_not_lifted(folder: Path, tmp_path: Path) -> None:
    """The order of evidence holds among what is about as near."""
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        for title in ("First", "Second"):
            text = "A zebra with pruritus. " * 3
            collection.add(Found(Work("", title, year="2001"), (Piece(text),)))
        first, _ = collection.works()
        collection.mark(first.id, status="concern")
        found = search(collection, "zebra itching", near=ByMeaning(folder))
        assert [r.passage.work.status for r in found] == ["current", "concern"]


BROKEN = {
    "onnx/model.onnx": "the model cannot be read",
    "tokenizer.json": "the model cannot be read",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_folder_is_told(own: Path, name: str) -> None:
    own.joinpath(name).write_bytes(own.joinpath(name).read_bytes()[:40])
    with pytest.raises(InputError, match=BROKEN[name]) as told:
        ByMeaning(own)
    assert "onnx/model.onnx" in str(told.value)
    own.joinpath(name).unlink()
    with pytest.raises(InputError):
        ByMeaning(own)


def test_a_model_of_another_kind_is_told(tmp_path: Path) -> None:
    near = ByMeaning(written(tmp_path / "m", ("input_ids", "pixels")))
    with pytest.raises(InputError, match="the model cannot be used"):
        near("itching", ["pruritus"])


def test_the_command(
    folder: Path, collection: Collection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = ["evidence", "search", "zebra itching", "--json", "--collection", str(collection.path)]
    plain = json.loads(CliRunner().invoke(main, words).stdout)
    monkeypatch.setenv("INDICATED_SEARCH_MODEL", str(folder))
    ordered = json.loads(CliRunner().invoke(main, words).stdout)
    assert "pruritus" in ordered[0]["text"]
    assert {"tussis", "ache"} & {w for r in plain[:4] for w in r["text"].split()}
    monkeypatch.setenv("INDICATED_SEARCH_MODEL", str(tmp_path / "none"))
    done = CliRunner().invoke(main, words)
    assert done.exit_code == ExitCode.INPUT
    assert "there is no model in this folder" in done.output
