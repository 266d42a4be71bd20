"""Trains the reader: `python -m training.train DATA OUT --minutes 150`. Goes on where it stopped, unless told not to.

The learning rate rises for the first part of the time and then falls to zero at its end, so that the same command
makes the best of whatever machine it runs on.
"""

import argparse
import hashlib
import json
import pickle
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

import qabot.passages
import qabot.words
from qabot.encoder import DEFAULT, Encoder
from qabot.export import default_source
from training import altered, examples, sources, split
from training.batch import rows
from training.examples import Prepared
from training.judge import judge
from training.network import SpanNetwork, span_loss

WARM_UP = 0.04
SEED = 1
SINGLE = ("spans_qadiscourse.jsonl", "spans_qamr_trimmed.jsonl")  # contexts of one sentence
FILES = tuple(file for file in sources.SETS if file not in split.OTHER_KINDS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with the data sets")
    parser.add_argument("out", type=Path, help="the folder for checkpoints, the log and the trained weights")
    parser.add_argument("--minutes", type=float, default=150, help="time to train, preparation not counted")
    parser.add_argument("--examples", type=int, help="so many examples instead, to compare variations fairly")
    parser.add_argument("--rate", type=float, default=2e-4, help="the highest learning rate")
    parser.add_argument("--tokens", type=int, default=4096, help="tokens in a batch")
    parser.add_argument("--negatives", type=float, default=0.7, help="chance of a hard negative beside a question")
    parser.add_argument("--shortened", type=float, default=0.3, help="chance of its passage without the answer")
    parser.add_argument("--unanswerable", type=int, default=2, help="how often to show unanswerable questions")
    parser.add_argument("--altered", type=float, default=0.6, help="chance of a question altered to be unanswerable")
    parser.add_argument("--headings", type=float, default=0.7, help="chance that a passage shows its heading")
    parser.add_argument("--without", nargs="*", default=SINGLE, metavar="FILE", help="data sets to leave out")
    parser.add_argument("--checkpoint-minutes", type=float, default=10)
    parser.add_argument("--afresh", action="store_true", help="forget the checkpoint")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    run(options)


def run(options: argparse.Namespace) -> None:
    """Train until the time is over; writes `checkpoint.pt`, `weights.pt` and `figures.json` to the run's folder."""
    files = [file for file in FILES if (options.data / file).exists()]
    for file in sources.SETS:
        print(
            f"{sources.digest(options.data, file) if (options.data / file).exists() else 'not there'}  {file}",
            flush=True,
        )
    prepared, development = _prepared(options.data, options.out.parent, files)
    prepared.asked = [asked for asked in prepared.asked if asked.source not in options.without]
    articles, _ = split.for_training(options.data, files)
    tokenizer = Tokenizer.from_file(str(DEFAULT / "tokenizer.json"))
    changed = altered.add(prepared, altered.altered(articles, random.Random(SEED)), tokenizer)
    count = len(prepared.asked) - len(changed)
    print(f"{count} questions, {len(changed)} altered ones, {len(prepared.passages)} passages", flush=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(SEED)
    network = SpanNetwork(default_source()).to(device).train()
    bare = [p for name, p in network.named_parameters() if p.ndim == 1]
    rest = [p for name, p in network.named_parameters() if p.ndim > 1]
    groups = [{"params": rest, "weight_decay": 0.01}, {"params": bare, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=options.rate, betas=(0.9, 0.98), fused=True)
    saved = options.out / "checkpoint.pt"
    spent, step, epoch, seen = 0.0, 0, 0, 0
    if saved.exists() and not options.afresh:
        state = torch.load(saved, map_location=device, weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        spent, step, epoch, seen = state["spent"], state["step"], state["epoch"] + 1, state["seen"]
        print(f"going on after {spent / 60:.1f} minutes, {seen} examples", flush=True)
    budget = options.minutes * 60

    def progress() -> float:
        return seen / options.examples if options.examples else (time.monotonic() - started) / budget

    last_saved, average, started = spent, None, time.monotonic() - spent

    while progress() < 1:
        generator = random.Random(SEED * 1000 + epoch)
        drawn = examples.draw(prepared, generator, options.negatives, options.shortened)
        unanswerable = [example for example in drawn if not prepared.asked[example.asked].answers]
        drawn += unanswerable * (options.unanswerable - 1)
        drawn += [example for example in changed if generator.random() < options.altered]
        generator.shuffle(drawn)
        unanswered = sum(not example.starts for example in drawn)
        print(f"epoch {epoch}: {len(drawn)} examples, {unanswered} of them unanswered", flush=True)
        for batch in examples.batches(prepared, drawn, options.tokens, generator):
            spent, done = time.monotonic() - started, progress()
            if done >= 1:
                break
            rate = options.rate * min(done / WARM_UP, (1 - done) / (1 - WARM_UP))
            for group in optimizer.param_groups:
                group["lr"] = max(rate, options.rate * 0.01)
            ids, mask, kinds, allowed, gold = (t.to(device) for t in rows(prepared, batch, generator, options.headings))
            with torch.autocast(device, dtype=torch.bfloat16):
                scores = network(ids, mask, kinds)
            loss = span_loss(scores, allowed, gold)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            step += 1
            seen += len(batch)
            average = loss.item() if average is None else 0.98 * average + 0.02 * loss.item()
            if step % 100 == 0:
                print(f"{spent / 60:6.1f} min  step {step}  {seen} examples  loss {average:.3f}", flush=True)
            if spent - last_saved > options.checkpoint_minutes * 60:
                last_saved = spent
                _save(saved, network, optimizer, spent, step, epoch, seen)
        epoch += 1
    _save(saved, network, optimizer, spent, step, epoch, seen)
    torch.save(network.state_dict(), options.out / "weights.pt")
    figures = judge(network.cpu().eval(), development, 0.0 if options.headings == 0 else 1.0)
    settings = {key: str(value) for key, value in vars(options).items()}
    rounded = {key: round(value, 4) for key, value in figures.items()}
    line = json.dumps({"settings": settings, "seen": seen, "epochs": epoch, **rounded})
    print(line, flush=True)
    (options.out / "figures.json").write_text(line + "\n", encoding="utf-8")


def _prepared(data: Path, cache: Path, files: Sequence[str]) -> tuple[Prepared, Prepared]:
    """Training and development examples, kept in `cache` under the digest of the data and of the code."""
    ours = [Path(__file__).parent / f"{name}.py" for name in ("sources", "split", "examples")]
    code = b"".join(Path(file).read_bytes() for file in (*ours, qabot.passages.__file__, qabot.words.__file__))
    present = [file for file in sources.SETS if (data / file).exists()]
    digests = "".join(sources.digest(data, file) for file in present)
    kept = cache / f"prepared-{hashlib.sha256(code + digests.encode()).hexdigest()[:16]}.pickle"
    if kept.exists():
        with kept.open("rb") as file:
            return pickle.load(file)
    encoder = Encoder(DEFAULT)
    tokenizer = Tokenizer.from_file(str(DEFAULT / "tokenizer.json"))
    articles, dropped = split.for_training(data, files)
    print(f"{len(articles)} articles; {dropped} paragraphs dropped that stand in held-out ones", flush=True)
    made = examples.prepare(articles, encoder, tokenizer)
    _, development, _ = split.held_out(data)
    judged = examples.prepare(development, encoder, tokenizer, keep_texts=True)
    partial = kept.with_suffix(".partial")
    with partial.open("wb") as file:
        pickle.dump((made, judged), file)
    partial.replace(kept)
    return made, judged


def _save(path: Path, network: torch.nn.Module, optimizer: torch.optim.Optimizer, *counts: Any) -> None:
    spent, step, epoch, seen = counts
    state = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
    partial = path.with_suffix(".partial")
    torch.save(state | {"spent": spent, "step": step, "epoch": epoch, "seen": seen}, partial)
    partial.replace(path)


if __name__ == "__main__":
    main()
