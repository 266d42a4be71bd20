"""The article asked as people ask it: which sentence comes back, from where, or that there is none."""

import hashlib
import shutil
import subprocess
import sys
from contextlib import closing

import pytest

from qabot.answer import Answerer, decide
from qabot.errors import BadQuestion, BadReference, KnowledgeError
from qabot.quote import reference
from qabot.settings import Settings
from qabot.types import Answer, Finding, Greeting, NoAnswer, Scope
from tests.conftest import ARTICLE


def test_the_sentence_that_answers_comes_back_with_its_section(answerer):
    answer = answerer.ask("What energy density do the new solid-state cells reach?")
    [quote] = answer.quotes
    assert (quote.start, quote.end, quote.line) == (1293, 1504, 9)
    assert quote.section == ("Breakthrough Technology Development", "Solid-state batteries")
    assert (quote.number, quote.title) == ("2", "China battery innovation")
    assert reference(quote).startswith("china-battery-innovation.txt#char=1293,1504;quote=")
    assert quote.sha256 == hashlib.sha256(ARTICLE.read_bytes()).hexdigest()


def test_a_sentence_comes_with_its_speaker(answerer):
    [quote] = answerer.ask("Who leads the National Battery Innovation Center?").quotes
    assert quote.line == 6
    assert quote.text.endswith("explained Dr. Wei Zhang, Director of the National Battery Innovation Center.")
    [quote] = answerer.ask("By how much have research partnerships reduced technology development cycles?").quotes
    assert "Dr. Wei Zhang" in quote.text
    assert quote.text.endswith('up to 60%."')


def test_several_sentences_that_answer_together_come_in_document_order(answerer):
    assert [quote.line for quote in answerer.ask("Which emerging applications are there?").quotes] == [20, 21, 22]
    assert [quote.line for quote in answerer.ask("What breakthroughs are named?").quotes] == [9, 10, 11]


def test_what_a_lead_in_says_itself_is_quoted_from_it(answerer):
    [quote] = answerer.ask("Which markets remain primary: electric vehicles or grid storage?").quotes
    assert quote.line == 19


def test_no_more_quotes_than_asked_for(answerer):
    assert len(answerer.ask("Which emerging applications are there?", limit=1).quotes) == 1


def test_what_the_article_does_not_say_is_not_answered(answerer):
    result = answerer.ask("What is CATL's market share?")
    assert isinstance(result, NoAnswer)
    assert result.nearest is not None
    assert result.confidence < answerer.threshold


def test_mistyped_words_are_read_as_the_articles(answerer):
    answer = answerer.ask("how mnay batery profesionals gradaute evry year in chnia")
    assert "50,000" in answer.quotes[0].text
    assert answer.meant == "how many battery professionals graduate evry year in china"


def test_names_and_known_words_are_not_corrected(answerer):
    for question in ("Does CATL make cats?", "how long do I bake bread?", "Tesla and BYD"):
        assert answerer.find(question).meant == question


@pytest.mark.parametrize(
    "question",
    [
        "bonjour, je cherche un restaurant italien ouvert le dimanche soir avec terrasse et parking gratuit",
        "Ich habe gestern meinen Hund verloren und suche ein Halsband",
        " ".join(f"zorp{letter}q" for letter in "abcdefghijklmnopqrstuvwxyz"),
    ],
)
def test_another_language_is_neither_corrected_nor_answered(answerer, question):
    result = answerer.ask(question)
    assert isinstance(result, NoAnswer)
    assert result.meant == question


def test_words_that_the_documents_do_not_know_never_make_it_surer(answerer):
    question = "Who leads the National Battery Innovation Center"
    alone = answerer.find(question)
    more = answerer.find(f"{question} zorpaq zorpbq zorpcq zorpdq zorpeq zorpfq zorpgq zorphq")
    assert more.quotes == () or more.confidence < alone.confidence


def test_a_list_is_quoted_whole_unless_fewer_are_asked_for(own_copy):
    items = ["a laptop", "a keyboard", "two screens", "a chair", "a key"]
    text = "Equipment\n\nOn your first day you get this equipment:\n\n" + "".join(f"- {item}\n" for item in items)
    (own_copy.knowledge / "equipment.txt").write_text(text)
    answerer = Answerer(own_copy)
    assert len(answerer.ask("What equipment do I get on my first day?").quotes) == 5
    assert len(answerer.ask("What equipment do I get on my first day?", limit=2).quotes) == 2


def test_a_long_question_before_does_not_stop_the_next(answerer):
    before = "battery " * 249 + "?"
    assert answerer.find("who said that?", before=before).meant == "who said that?"
    assert answerer.find("Who is Lisa Wang?", before=before * 2).quotes


def test_a_greeting_is_not_looked_up(answerer):
    assert isinstance(answerer.ask("Hello!"), Greeting)
    assert answerer.ask("thanks").thanks


@pytest.mark.parametrize("question", ["", "  \n", "\t"])
def test_an_empty_question_is_an_error(answerer, question):
    with pytest.raises(BadQuestion, match="empty"):
        answerer.ask(question)


def test_a_question_has_at_most_2000_characters(answerer):
    assert answerer.ask("battery " * 250) is not None
    with pytest.raises(BadQuestion, match="2,001 characters"):
        answerer.ask("x" * 2_001)


def test_the_decision_is_the_threshold(answerer):
    quotes = answerer.find("Who leads the National Battery Innovation Center?").quotes
    assert isinstance(decide(Finding("q", "q", (), quotes, 0.5), 0.5), Answer)
    assert isinstance(decide(Finding("q", "q", (), quotes, 0.49), 0.5), NoAnswer)
    assert isinstance(decide(Finding("q", "q", (), (), 0.9), 0.5), NoAnswer)


def test_a_passage_is_shown_in_its_section(answerer, article):
    context = answerer.show("china-battery-innovation.txt#char=1293,1504")
    assert context.text[context.before : context.after] == article[1293:1504]
    assert context.text.startswith("Chinese researchers and companies are leading advances")
    assert "Silicon-based anodes" in context.text


def test_a_reference_into_nowhere_is_refused(answerer):
    with pytest.raises(BadReference, match="no document"):
        answerer.show("other.txt#char=1,2")
    with pytest.raises(BadReference, match="fewer"):
        answerer.show("china-battery-innovation.txt#char=4000,5000")


def test_a_question_can_be_asked_of_a_part_of_a_document(answerer):
    solid = "What energy density do the new solid-state cells reach?"
    sections = {section.path[-1]: section for section in answerer.document(ARTICLE.name).sections if section.path}
    technology, emerging = (
        Scope(ARTICLE.name, sections[name].start, sections[name].end)
        for name in ("Breakthrough Technology Development", "Emerging Application Frontiers")
    )
    assert answerer.ask(solid, within=technology).quotes == answerer.ask(solid).quotes
    elsewhere = answerer.find(solid, within=emerging)
    assert elsewhere.hits
    assert all(emerging.start <= hit.passage.start < emerging.end for hit in elsewhere.hits)
    assert all(emerging.start <= quote.start < emerging.end for quote in elsewhere.quotes)
    assert isinstance(answerer.ask(solid, within=emerging), NoAnswer)
    nowhere = answerer.find(solid, within=Scope("other.txt", 0, 10))
    assert (nowhere.hits, nowhere.quotes, nowhere.confidence) == ((), (), 0.0)


def test_candidates_are_the_closest_sentences_each_once_best_first(answerer):
    solid = "What energy density do the new solid-state cells reach?"
    candidates = answerer.candidates(solid)
    assert candidates[0] == answerer.ask(solid).quotes[0]
    assert 5 < len(candidates) <= 10
    assert len({quote.start for quote in candidates}) == len(candidates)
    with pytest.raises(BadQuestion, match="empty"):
        answerer.candidates(" ")


def test_what_stands_around_a_quote(answerer):
    def around(start, end):
        found = answerer.neighbours(f"{ARTICLE.name}#char={start},{end}")
        places = found.before, found.after, found.section_before, found.section_after
        return [place and (place.start, place.end) for place in places]

    assert around(1293, 1504) == [(1184, 1292), (1505, 1751), (495, 658), (1962, 2049)]
    assert around(0, 19) == [None, (20, 299), None, (495, 658)]
    assert around(3817, 4055) == [(3674, 3816), None, (3109, 3257), None]
    assert around(1200, 1300) == [(1045, 1147), (1505, 1751), (495, 658), (1962, 2049)], "not a whole sentence"
    with pytest.raises(BadReference, match="fewer"):
        around(4000, 5000)


@pytest.fixture
def own_copy(tmp_path):
    knowledge = tmp_path / "knowledge"
    knowledge.mkdir()
    shutil.copy(ARTICLE, knowledge)
    return Settings(knowledge, tmp_path / "index.sqlite", tmp_path / "cache")


def test_a_quote_is_verified_against_the_document_as_it_is_now(own_copy):
    file = own_copy.knowledge / ARTICLE.name
    with_answerer = Answerer(own_copy)
    given = reference(with_answerer.ask("Who leads the National Battery Innovation Center?").quotes[0])
    assert with_answerer.verify(given).state == "intact"
    with_answerer.close()

    text = file.read_bytes()
    file.write_bytes(b"A new first line.\n" + text)
    moved = Answerer(own_copy).verify(given)
    assert (moved.state, moved.quote.start) == ("moved", 809 + 18)

    file.write_bytes(text.replace(b"Dr. Wei Zhang", b"Dr. Wei Zhong"))
    assert Answerer(own_copy).verify(given).state == "altered"


def test_a_quote_of_a_renamed_file_has_moved(own_copy):
    file = own_copy.knowledge / ARTICLE.name
    (own_copy.knowledge / "another.txt").write_text("Lunch is served at noon.\n" * 100)
    with closing(Answerer(own_copy)) as answerer:
        given = reference(answerer.ask("Who leads the National Battery Innovation Center?").quotes[0])
    file.rename(own_copy.knowledge / "batteries in china.txt")
    with closing(Answerer(own_copy)) as answerer:
        moved = answerer.verify(given)
        assert moved.state == "moved"
        assert moved.reference == given.replace(ARTICLE.name, "batteries%20in%20china.txt")
        assert answerer.verify(moved.reference).state == "intact"
        with pytest.raises(BadReference, match="no document 'china"):
            answerer.verify(given.replace("quote=", "quote=0")[:-1])


def test_a_changed_document_is_answered_from_as_it_is_now(own_copy):
    file = own_copy.knowledge / ARTICLE.name
    Answerer(own_copy).close()
    file.write_bytes(file.read_bytes().replace(b"500Wh/kg", b"777Wh/kg"))
    answerer = Answerer(own_copy)
    assert answerer.summary.changed == (ARTICLE.name,)
    assert "777Wh/kg" in answerer.ask("What energy density do the new solid-state cells reach?").quotes[0].text


def test_documents_that_cannot_be_read_leave_nothing_to_answer_from(own_copy):
    (own_copy.knowledge / ARTICLE.name).write_bytes(b"\x00\x01\x02")
    with pytest.raises(KnowledgeError, match=r"No document in .* can be read"):
        Answerer(own_copy)


def test_an_answer_loads_neither_torch_nor_sentence_transformers(own_copy):
    program = (
        "import sys; from qabot.cli import run;"
        "status = run(['ask', 'Who leads the National Battery Innovation Center?',"
        f" '--knowledge', {str(own_copy.knowledge)!r}, '--index', {str(own_copy.index)!r}]);"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'rich', 'discord'} & set(sys.modules);"
        "sys.exit(f'loaded {heavy}' if heavy or status else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Dr. Wei Zhang" in done.stdout
