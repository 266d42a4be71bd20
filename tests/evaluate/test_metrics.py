"""Each metric against an example that is worked out by hand."""

from random import Random

import pytest

from qabot.evaluate import metrics
from qabot.evaluate.intervals import bootstrap, wilson
from qabot.evaluate.metrics import Point

CAR, LORRY, NEITHER = "A car pays 2 euros.", "A lorry pays 5 euros.", "Ferries are free."
BOTH = ("2 euros", "5 euros")


def test_a_label_is_held_across_a_line_break_but_not_in_another_case():
    assert metrics.held("they pay 2\r\n  euros now", BOTH) == {"2 euros"}
    assert metrics.held("they pay 2 Euros", BOTH) == set()


def test_a_label_is_a_text_and_not_a_pattern():
    assert metrics.held("abc", ["a.c", "(", "[a-z]"]) == set()
    assert metrics.held("f(x) = [a-z]", ["f(x)", "[a-z]"]) == {"f(x)", "[a-z]"}


@pytest.mark.parametrize(
    ("passages", "any_at", "all_at", "relevant"),
    [
        ([CAR, LORRY], 1, 2, 1),
        ([NEITHER, CAR, NEITHER, LORRY], 2, 4, 2),
        ([f"{CAR} {LORRY}"], 1, 1, 1),
        ([CAR, CAR], 1, None, 1),
        ([NEITHER], None, None, None),
        ([], None, None, None),
    ],
)
def test_covered_at(passages, any_at, all_at, relevant):
    assert metrics.covered_at(passages, BOTH, "any") == any_at
    assert metrics.covered_at(passages, BOTH, "all") == all_at
    assert metrics.first_relevant(passages, BOTH) == relevant


def test_recall_counts_what_is_covered_within_k():
    # Covered at 1, at 3, at 6 and never: recall@1 = 1/4, @3 = 2/4, @5 = 2/4.
    covered = [1, 3, 6, None]
    assert [sum(metrics.recalled(k, at) for at in covered) for k in (1, 3, 5)] == [1, 2, 2]


def test_mean_reciprocal_rank():
    # (1/1 + 1/2 + 0 + 1/4) / 4 = 1.75 / 4
    assert metrics.mean_reciprocal_rank([1, 2, None, 4]) == 0.4375
    assert metrics.mean_reciprocal_rank([]) is None


def test_for_any_the_first_quote_counts_and_for_all_the_quotes_together():
    assert metrics.first_quote_right([CAR, NEITHER], BOTH, "any")
    assert not metrics.first_quote_right([NEITHER, CAR], BOTH, "any")
    assert metrics.covered([NEITHER, CAR], BOTH, "any")
    assert metrics.first_quote_right([LORRY, CAR], BOTH, "all")
    assert not metrics.first_quote_right([CAR, NEITHER], BOTH, "all")


@pytest.mark.parametrize("need", ["any", "all"])
def test_nothing_is_right_where_nothing_answers(need):
    assert not metrics.first_quote_right([CAR], [], need)
    assert not metrics.first_quote_right([], BOTH, need)
    assert metrics.covered_at([CAR], [], need) is None


@pytest.mark.parametrize(
    ("path", "number", "label", "right"),
    [
        (("Breakthroughs", "Solid-state"), "2", "Breakthroughs", True),
        (("Breakthroughs", "Solid-state"), "2", "Solid-state", True),
        (("Breakthroughs", "Solid-state"), "2", "Breakthroughs > Solid-state", True),
        (("Guide", "Break\n throughs", "x"), "2", "Break throughs > x", True),
        (("Guide", "Breakthroughs", "x"), "2", "Guide > x", False),
        (("Breakthroughs",), "2", "Break", False),
        ((), "0", "", True),
        (("Run-in",), "0", "", True),
        (("Breakthroughs",), "2", "", False),
        ((), "0", "Breakthroughs", False),
    ],
)
def test_section_right(path, number, label, right):
    assert metrics.section_right(path, number, label) is right


@pytest.mark.parametrize(
    ("text", "start", "labels", "counts"),
    [
        # The sentences stand at 100-119 (CAR) and 120-141 (LORRY).
        (CAR, 100, ["2 euros"], (1, 1)),
        (f"{CAR} {LORRY}", 100, ["5 euros"], (1, 2)),
        (f"{CAR} {LORRY}", 100, ["2 euros. A lorry"], (2, 2)),
        (f"{CAR} {LORRY}", 100, BOTH, (2, 2)),
        (f"{CAR} {LORRY}", 100, [], (0, 2)),
        ("car pays", 102, ["pays"], (1, 1)),
        (NEITHER, 500, ["free"], (1, 1)),
    ],
)
def test_sentences_needed(text, start, labels, counts):
    assert metrics.sentences_needed(text, start, [(100, 119), (120, 141)], labels) == counts


def test_share_is_not_defined_over_nothing():
    assert metrics.share(1, 4) == 0.25
    assert metrics.share(0, 0) is None


def test_auroc_counts_pairs_and_ties_as_half():
    # 0.9: above both; 0.6: tied with one, above the other; 0.5: below one, above the other. 4.5 of 6 pairs.
    assert metrics.auroc([0.9, 0.6, 0.5], [0.6, 0.2]) == pytest.approx(0.75)
    assert metrics.auroc([0.5, 0.5], [0.5]) == 0.5
    assert metrics.auroc([0.5], []) is None
    assert metrics.auroc([], [0.5]) is None


def test_auroc_is_scikit_learns():
    roc_auc_score = pytest.importorskip("sklearn.metrics").roc_auc_score
    random = Random(1)
    for _ in range(50):
        # Tenths, so that there are many ties.
        groups = [[random.randint(0, 10) / 10 for _ in range(random.randint(1, 40))] for _ in range(2)]
        truth = [1] * len(groups[0]) + [0] * len(groups[1])
        assert metrics.auroc(*groups) == pytest.approx(roc_auc_score(truth, groups[0] + groups[1]), abs=1e-12)


# Asked: 6. Two questions tie at 0.7, one had nothing to quote.
SCORED = [(0.7, False), (0.9, True), (None, False), (0.8, True), (0.5, False), (0.7, True)]


def test_risk_coverage_curve_takes_ties_together():
    assert metrics.risk_coverage_curve(SCORED) == [
        Point(0.9, 1 / 6, 0.0),  # answered 1, wrong 0
        Point(0.8, 2 / 6, 0.0),  # answered 2, wrong 0
        Point(0.7, 4 / 6, 1 / 4),  # answered 4, wrong 1
        Point(0.5, 5 / 6, 2 / 5),  # answered 5, wrong 2
    ]
    assert metrics.risk_coverage_curve([(None, False)]) == []


@pytest.mark.parametrize(("risk", "coverage"), [(0.01, 2 / 6), (0.20, 2 / 6), (0.25, 4 / 6), (0.40, 5 / 6)])
def test_coverage_at_risk(risk, coverage):
    assert metrics.coverage_at_risk(SCORED, risk) == coverage


def test_coverage_at_risk_where_the_surest_answer_is_wrong():
    assert metrics.coverage_at_risk([(0.9, False), (0.8, True)], 0.2) == 0.0
    # 19 right ones after it bring the risk to exactly 1/20.
    assert metrics.coverage_at_risk([(0.9, False)] + [(0.8, True)] * 19, 0.05) == 1.0
    assert metrics.coverage_at_risk([], 0.2) is None


def test_quantiles_interpolate():
    assert metrics.quantile([4, 1, 3, 2], 0.5) == 2.5
    # p95 of 0..10: position 0.95 * 10 = 9.5.
    assert metrics.quantile(list(range(11)), 0.95) == pytest.approx(9.5)
    assert metrics.quantile([], 0.5) is None


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # z^2 = 3.8415; 8/10: centre (0.8 + 0.19207) / 1.38415 = 0.71674, half 1.41600 * sqrt(0.0256037) = 0.22658.
        (8, 10, 0.49016, 0.94332),
        # 0/10: from 0 to z^2 / (n + z^2) = 3.8415 / 13.8415; 10/10 is its mirror image.
        (0, 10, 0.0, 0.27753),
        (10, 10, 0.72247, 1.0),
    ],
)
def test_wilson(successes, n, low, high):
    assert wilson(successes, n) == pytest.approx((low, high), abs=1e-5)


def test_wilson_of_nothing_is_not_defined():
    assert wilson(0, 0) is None


def mean(values):
    return sum(values) / len(values)


def test_bootstrap_is_the_same_every_time_and_about_the_normal_interval():
    # 0, 1, ... 99: mean 49.5, standard error 28.87 / 10 = 2.887, so about 49.5 +- 1.96 * 2.887 = 43.8 to 55.2.
    low, high = bootstrap(mean, range(100))
    assert (low, high) == bootstrap(mean, range(100))
    assert low == pytest.approx(43.8, abs=0.6)
    assert high == pytest.approx(55.2, abs=0.6)


def test_bootstrap_needs_two_of_each_group():
    assert bootstrap(mean, [1.0]) is None
    assert bootstrap(metrics.auroc, [0.9, 0.8], []) is None
    assert bootstrap(mean) is None
    assert bootstrap(lambda values: None, [1.0, 2.0]) is None


def test_bootstrap_draws_each_group_by_itself():
    assert bootstrap(metrics.auroc, [0.9, 0.8], [0.2, 0.1], rounds=50) == (1.0, 1.0)
