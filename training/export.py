"""Trained weights -> the model folder that qabot reads with: `python -m training.export RUN [FOLDER]`.

The same graph in three number formats: float32; weights as int8 with float arithmetic (as the encoder is shipped);
and dynamic int8, where the arithmetic is int8 too.
"""

import argparse
import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from qabot.encoder import DEFAULT as ENCODER
from qabot.export import default_source, small, traced
from qabot.model import FORMAT, Record
from qabot.spans import DEFAULT
from training.network import SpanNetwork

NAME = "qabot-reader"
WINDOW = 304  # no longer ones were trained on
FORMATS = ("float32", "int8 weights", "dynamic int8")


class _OneText(torch.nn.Module):
    """Without a mask: the product reads one text at a time, so that nothing is padded."""

    def __init__(self, network: SpanNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: torch.Tensor, token_type_ids: torch.Tensor) -> torch.Tensor:
        return self.network(input_ids, torch.ones_like(input_ids), token_type_ids)


def export(run: Path, folder: Path, number_format: str) -> Record:
    """Write the weights of a training run as a model folder in one of FORMATS."""
    network = SpanNetwork(default_source()).eval()
    state = torch.load(run / "weights.pt", map_location="cpu", weights_only=True)
    network.load_state_dict(state)
    example = torch.tensor([[101, 2054, 102, 2003, 102], [101, 2040, 102, 2001, 102]])
    graph = traced(_OneText(network), {"input_ids": example, "token_type_ids": torch.zeros_like(example)}, "scores")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "model.onnx"
    if number_format == "dynamic int8":
        with tempfile.TemporaryDirectory() as temporary:
            whole = Path(temporary) / "whole.onnx"
            onnx.save(graph, whole)
            quantize_dynamic(whole, target, weight_type=QuantType.QInt8, per_channel=True)
    else:
        made = small(graph) if number_format == "int8 weights" else graph
        target.write_bytes(made.SerializeToString(deterministic=True))
    shutil.copyfile(ENCODER / "tokenizer.json", folder / "tokenizer.json")
    digest = hashlib.sha256()
    for name, tensor in sorted(state.items()):
        digest.update(name.encode() + tensor.contiguous().numpy().tobytes())
    record = Record(
        format=FORMAT,
        kind="reader",
        name=NAME,
        weights=digest.hexdigest(),
        window=WINDOW,
        pad=0,
        files={
            file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in ("model.onnx", "tokenizer.json")
        },
        precision=number_format,
    )
    record.write(folder)
    return record


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the model folder and print its size."""
    parser = argparse.ArgumentParser(prog="python -m training.export", description=__doc__)
    parser.add_argument("run", type=Path, help="the folder that training.train wrote to")
    parser.add_argument(
        "folder", type=Path, nargs="?", default=DEFAULT, help="where to write (default: what is shipped)"
    )
    parser.add_argument("--format", choices=FORMATS, default="int8 weights", help="number format")
    options = parser.parse_args(arguments)
    export(options.run, options.folder, options.format)
    print(f"{options.folder}: {(options.folder / 'model.onnx').stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
