"""The recipe of the reading model, from data files to a model folder that is read with, in the smallest size."""

import json
import random
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from qabot.encoder import DEFAULT, Encoder
from qabot.spans import load_reader
from training import altered, examples, export, sources, split, train
from training.batch import rows
from training.examples import Prepared, prepare
from training.judge import exact, f1
from training.network import span_loss

TOWNS = [f"{first}{last}" for first in ("North", "South", "East", "West") for last in ("ham", "ford", "wick", "bury")]


def paragraphs(town: str, number: int) -> list[str]:
    return [
        f"{town} was founded in {1300 + number} by monks. It has a market on Fridays. The river at {town} has no "
        "bridge.",
        f"The mayor of {town} is elected for {number + 2} years. The town hall stands at the western gate.",
    ]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of the data files, with sixteen towns for articles."""
    folder = tmp_path_factory.mktemp("data")
    articles = []
    for number, town in enumerate(TOWNS):
        first, second = paragraphs(town, number)
        year, years = str(1300 + number), f"{number + 2} years"
        asked = [
            (f"When was {town} founded?", [{"text": year, "answer_start": first.index(year)}]),
            (f"Who built the bridge of {town} ?", []),
        ]
        of_first = [
            {"id": f"{town} {place}", "question": question, "answers": answers}
            for place, (question, answers) in enumerate(asked)
        ]
        term = {"text": years, "answer_start": second.index(years)}
        of_second = [{"id": f"{town} term", "question": f"How long is the mayor of {town} elected?", "answers": [term]}]
        articles.append(
            {"title": town, "paragraphs": [{"context": first, "qas": of_first}, {"context": second, "qas": of_second}]}
        )
    (folder / "squad2_part.json").write_text(json.dumps({"data": articles}))
    return folder


@pytest.fixture(scope="module")
def prepared(data: Path) -> Prepared:
    articles, _ = split.for_training(data, ["squad2_part.json"])
    tokenizer = Tokenizer.from_file(str(DEFAULT / "tokenizer.json"))
    return prepare(articles, Encoder(DEFAULT), tokenizer, keep_texts=True)


def test_no_article_is_both_trained_on_and_reported(data: Path) -> None:
    test, development, rest = split.held_out(data)
    titles = [{article.title for article in part} for part in (test, development, rest)]
    assert [len(part) for part in titles] == [8, 6, 2]
    assert len(set.union(*titles)) == len(TOWNS)
    trained, _ = split.for_training(data, ["squad2_part.json"])
    assert {article.title for article in trained} == titles[2]


def test_a_paragraph_of_a_held_out_article_is_dropped_from_other_files(data: Path, tmp_path: Path) -> None:
    (tmp_path / "squad2_part.json").write_bytes((data / "squad2_part.json").read_bytes())
    test, _, _ = split.held_out(data)
    copied, own = (
        f"As is known, {test[0].paragraphs[0]}",
        "Of this town nothing is known but its name, which is Overby.",
    )
    lines = [
        {
            "id": str(n),
            "title": "Towns",
            "context": text,
            "question": "What?",
            "answers": [{"text": "known", "start": 6}],
        }
        for n, text in enumerate((copied, own))
    ]
    (tmp_path / "spans_squadshifts_new_wiki.jsonl").write_text("\n".join(map(json.dumps, lines)))
    [article], dropped = split.for_training(tmp_path, ["spans_squadshifts_new_wiki.jsonl"])
    assert dropped == 1
    assert article.paragraphs == ("", own)
    assert [question.id for question in article.questions] == ["1"]


def test_answers_stand_where_the_files_say(data: Path) -> None:
    for article in sources.read(data, "squad2_part.json"):
        for question in article.questions:
            for start, end in question.answers:
                assert article.paragraphs[question.paragraph][start:end].split()[0].isdigit()


def test_gold_tokens_are_the_answers_and_negatives_do_not_hold_it(prepared: Prepared) -> None:
    for asked in prepared.asked:
        for gold in asked.golds:
            start, end = gold.starts[0], gold.ends[0]
            first, last = prepared.offsets[gold.passage][start][0], prepared.offsets[gold.passage][end][1]
            assert prepared.texts[gold.passage][first:last] in asked.answers
        for passage in (*asked.negatives, *asked.shortened):
            assert not any(answer in prepared.texts[passage] for answer in asked.answers)
        assert bool(asked.golds) != bool(asked.unanswered)


def test_a_shortened_passage_lacks_only_the_sentence_that_answers(prepared: Prepared) -> None:
    founded = next(asked for asked in prepared.asked if asked.id.endswith(" 0"))
    town = founded.id.removesuffix(" 0")
    rest = f"It has a market on Fridays. The river at {town} has no bridge."
    assert prepared.texts[founded.shortened[0]] == rest


def test_every_question_is_drawn_once_and_the_same_with_the_same_seed(prepared: Prepared) -> None:
    first, second = (examples.draw(prepared, random.Random(5), 0.5, 0.5) for _ in range(2))
    assert first == second
    alone = [example.asked for example in examples.draw(prepared, random.Random(5), 0.0, 0.0)]
    assert sorted(alone) == list(range(len(prepared.asked)))


def test_an_altered_question_differs_and_its_passage_does_not_hold_what_was_put_in(data: Path) -> None:
    articles = sources.read(data, "squad2_part.json")
    texts = {question.id: (article, question) for article in articles for question in article.questions}
    changed = altered.altered(articles, random.Random(0))
    assert len(changed) > 8
    for (_, identifier), text in changed.items():
        article, question = texts[identifier]
        assert question.answers
        new = set(text.split()) - set(question.text.split())
        assert new
        assert not any(word.strip("?") in article.paragraphs[question.paragraph] for word in new - {"not"})


def test_a_batch_points_at_the_gold_tokens(prepared: Prepared) -> None:
    drawn = examples.draw(prepared, random.Random(0), 0.0, 0.0)
    ids, mask, _, allowed, gold = rows(prepared, drawn, None)
    for row, example in enumerate(drawn):
        for side, tokens in enumerate((example.starts, example.ends)):
            place = int(gold[side, row].nonzero()[0])
            assert bool(allowed[row, place])
            assert bool(mask[row, place])
            if tokens:
                assert int(ids[row, place]) == int(prepared.passages[example.passage][tokens[0]])
            else:
                assert place == 0


def test_the_loss_is_nothing_for_what_is_right_and_counts_every_right_span() -> None:
    allowed = torch.tensor([[True, True, True, False]])
    gold = torch.tensor([[[False, True, True, False]]] * 2)
    sure = torch.tensor([[[0.0, 50.0, 0.0, 90.0]]] * 2)
    assert span_loss(sure, allowed, gold).item() == pytest.approx(0, abs=1e-5)
    even = torch.zeros(2, 1, 4)
    assert span_loss(even, allowed, gold).item() == pytest.approx(float(torch.log(torch.tensor(1.5))), abs=1e-5)


def test_f1_and_exact_match_as_squad_has_them() -> None:
    assert exact("The Monks.", "monks") == 1
    assert f1("by the monks", "monks") == pytest.approx(2 / 3)
    assert f1("1300", "monks") == 0


def test_a_model_is_trained_goes_on_and_is_read_with(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "runs" / "tiny"
    train.main([str(data), str(run), "--examples", "8", "--tokens", "256"])
    first = json.loads((run / "figures.json").read_text())["seen"]
    assert first >= 8
    train.main([str(data), str(run), "--examples", str(first + 8), "--tokens", "256"])
    assert json.loads((run / "figures.json").read_text())["seen"] >= first + 8
    out = capsys.readouterr().out
    assert "going on after" in out
    assert sources.digest(data, "squad2_part.json") in out
    export.main([str(run), str(tmp_path / "reader")])
    model = load_reader(str(tmp_path / "reader"))
    assert model is not None
    [scores] = model.score("When was Northham founded?", [("Northham", paragraphs("Northham", 0)[0])])
    assert scores.best(0, 200) is not None
