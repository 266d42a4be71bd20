"""A question and texts to the answering words, with the shipped reading model."""

import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qabot.encoder import DEFAULT as ENCODER
from qabot.errors import ModelError
from qabot.spans import ANSWER_TOKENS, DEFAULT, OVERLAP_TOKENS, SpanModel, TokenScores, _joined, _windows, load_reader

HARBOUR = (
    "The harbour was built in 1874 by Anna Lindqvist. It has room for 340 boats. "
    "The lighthouse on its northern mole burnt down twice."
)


@pytest.fixture(scope="module")
def model() -> SpanModel:
    loaded = load_reader(None)
    assert loaded is not None
    return loaded


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped model, to do harm to."""
    return Path(shutil.copytree(DEFAULT, tmp_path / "reader"))


def answer(model: SpanModel, question: str, text: str, heading: str = "") -> str:
    (scores,) = model.score(question, [(heading, text)])
    span = scores.best(0, len(text))
    assert span is not None
    return text[span.start : span.end]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When was the harbour built?", "1874"),
        ("Who built the harbour?", "Anna Lindqvist"),
        ("How many boats are there room for?", "340"),
    ],
)
def test_the_answering_words(model: SpanModel, question: str, expected: str) -> None:
    assert expected in answer(model, question, HARBOUR)
    assert len(answer(model, question, HARBOUR)) < 30


def test_what_is_not_answered_has_a_lower_margin(model: SpanModel) -> None:
    def margin(question: str) -> float:
        (scores,) = model.score(question, [("", HARBOUR)])
        span = scores.best(0, len(HARBOUR))
        assert span is not None
        return span.margin

    assert margin("When was the harbour built?") > margin("When was Anna Lindqvist born?")
    assert margin("Who built the harbour?") > margin("What does a week in the harbour cost?")


def test_within_a_sentence(model: SpanModel) -> None:
    (scores,) = model.score("When was the harbour built?", [("", HARBOUR)])
    start = HARBOUR.index("It has")
    span = scores.best(start, HARBOUR.index(" The lighthouse"))
    assert span is not None
    assert start <= span.start < span.end <= HARBOUR.index(" The lighthouse")


def test_no_text_no_span(model: SpanModel) -> None:
    assert model.score("Who?", []) == []
    for text in ("", " \n", "\u200b"):
        (scores,) = model.score("Who?", [("A heading", text)])
        assert scores.best(0, len(text)) is None


def test_a_reading_does_not_depend_on_the_texts_beside_it(model: SpanModel) -> None:
    texts = [("", HARBOUR), ("Boats", "Boats are let by the hour."), ("", "word " * 700), ("A", "b")]
    together = model.score("Who built the harbour?", texts)
    for text, scores in zip(texts, together, strict=True):
        (alone,) = model.score("Who built the harbour?", [text])
        np.testing.assert_allclose(scores.starts, alone.starts, atol=1e-4)
        np.testing.assert_allclose(scores.ends, alone.ends, atol=1e-4)
        np.testing.assert_array_equal(scores.offsets, alone.offsets)


@pytest.mark.parametrize("before", [0, 400, 3000])
@pytest.mark.parametrize("after", [0, 400, 3000])
def test_a_text_longer_than_the_window_is_read_to_its_end(model: SpanModel, before: int, after: int) -> None:
    filling = "The weather stays as it was and nothing else is said here. "
    text = filling * (before // 12) + "The harbour was built in 1874. " + filling * (after // 12)
    assert answer(model, "When was the harbour built?", text) in ("1874", "in 1874")


@pytest.mark.parametrize("words", range(180, 320, 7))
def test_an_answer_at_the_edge_of_a_window_is_found(model: SpanModel, words: int) -> None:
    text = "hm " * words + ". The harbour was built in 1874. " + "hm " * 400
    assert "1874" in answer(model, "When was the harbour built?", text)


@given(st.integers(0, 3000), st.integers(2 * OVERLAP_TOKENS, 500))
def test_windows_cover_a_text_and_overlap(length: int, size: int) -> None:
    windows = _windows(length, size)
    assert (windows[0][0], windows[-1][1]) == (0, length)
    assert all(end - start <= size for start, end in windows)
    assert all(before[1] - after[0] >= OVERLAP_TOKENS for before, after in itertools.pairwise(windows))


@given(st.integers(1, 1000), st.integers(2 * OVERLAP_TOKENS, 300))
def test_a_tokens_scores_are_those_of_the_window_in_which_it_stands_deepest(length: int, size: int) -> None:
    windows = _windows(length, size)
    parts = [(start, np.full((2, end - start), number, np.float32)) for number, (start, end) in enumerate(windows)]
    starts, _ = _joined(length, parts)
    for token in range(length):
        depths = [min(token - start, end - 1 - token) for start, end in windows]
        assert depths[int(starts[token])] == max(depths)


def test_any_question_and_any_text_can_be_read(model: SpanModel) -> None:
    hostile = ["", "\x00", "?", "e\u0301" * 900, "\u202eabc\u202c", "\ud83e", "🦆" * 500, "word " * 400, "电池" * 1000]
    for question in hostile:
        for text, scores in zip(hostile, model.score(question[:2000], [(text, text) for text in hostile]), strict=True):
            assert np.isfinite(scores.starts).all()
            assert len(scores.offsets) == len(scores.starts) == len(scores.ends)
            span = scores.best(0, len(text))
            assert span is None or 0 <= span.start < span.end <= len(text)


def test_a_span_is_in_order_and_not_too_long() -> None:
    tokens = np.stack([np.arange(100), np.arange(1, 101)], axis=1)
    starts, ends = np.zeros(100, np.float32), np.zeros(100, np.float32)
    starts[50], ends[10], ends[50 + ANSWER_TOKENS] = 5, 9, 9
    span = TokenScores(tokens, starts, ends).best(0, 100)
    assert span is not None
    # Neither the end before the start nor the one too far after it.
    assert (span.start, span.end) != (50, 11)
    assert span.end - span.start <= ANSWER_TOKENS
    assert span.margin == 9


def test_off_is_no_model() -> None:
    assert load_reader("off") is None


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json"])
def test_one_altered_byte_is_noticed(copy: Path, file: str) -> None:
    data = bytearray((copy / file).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / file).write_bytes(data)
    with pytest.raises(ModelError, match=f"{file} was altered or is incomplete"):
        load_reader(str(copy))


def test_half_a_model_is_noticed(copy: Path) -> None:
    data = (copy / "model.onnx").read_bytes()
    (copy / "model.onnx").write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelError, match=r"model\.onnx was altered or is incomplete"):
        load_reader(str(copy))


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json", "model.json"])
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    with pytest.raises(ModelError, match=file):
        load_reader(str(copy))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="There is no folder"):
        load_reader(str(tmp_path / "nothing"))


def test_an_encoder_is_no_reader() -> None:
    with pytest.raises(ModelError, match="is no reader"):
        load_reader(str(ENCODER))


def record_anew(folder: Path) -> None:
    """As if the model in `folder` had been made this way."""
    import hashlib

    record = json.loads((folder / "model.json").read_text())
    record["files"]["model.onnx"] = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    (folder / "model.json").write_text(json.dumps(record))


def test_a_model_with_other_inputs_is_refused(copy: Path) -> None:
    model = onnx.load(copy / "model.onnx")
    for value in model.graph.input:
        if value.name == "token_type_ids":
            value.name = "kinds"
    for node in model.graph.node:
        for place, name in enumerate(node.input):
            if name == "token_type_ids":
                node.input[place] = "kinds"
    onnx.save(model, copy / "model.onnx")
    record_anew(copy)
    with pytest.raises(ModelError, match="takes input_ids, kinds, not input_ids, token_type_ids"):
        load_reader(str(copy))


@pytest.mark.parametrize("change", [{"window": 200}, {"window": "long"}, {"files": {}}])
def test_a_record_that_does_not_fit_the_model_is_refused(copy: Path, change: dict[str, object]) -> None:
    record = json.loads((copy / "model.json").read_text())
    (copy / "model.json").write_text(json.dumps(record | change))
    with pytest.raises(ModelError, match=r"cannot be read with|was altered or is incomplete"):
        load_reader(str(copy))


def test_a_window_longer_than_the_models_is_one_sentence(copy: Path) -> None:
    record = json.loads((copy / "model.json").read_text())
    (copy / "model.json").write_text(json.dumps(record | {"window": 5000}))
    model = load_reader(str(copy))
    assert model is not None
    with pytest.raises(ModelError, match="cannot be read with"):
        model.score("Who?", [("", "word " * 2000)])


def test_a_model_of_a_later_opset_is_refused(copy: Path) -> None:
    model = onnx.load(copy / "model.onnx")
    model.opset_import[0].version = 999
    onnx.save(model, copy / "model.onnx")
    record_anew(copy)
    with pytest.raises(ModelError, match="cannot be run"):
        load_reader(str(copy))
