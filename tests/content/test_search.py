"""Search finds every piece of every released text, on both databases, whatever is typed."""

from datetime import timedelta

import pytest

from backoffice.jobs import clock
from content.portal.library import Reader
from content.portal.search import find, words_of
from tests.content.factories import change, released_course, released_script, released_section
from tests.organisation.factories import again


@pytest.fixture
def reader(people):
    return lambda user=None: Reader(again(user or people.consultant))


def labels(query, reader, kind=None):
    return [hit.release.label for hit in find(query, kind, reader)[0]]


def test_two_signs_in_the_middle_of_a_sentence(people, reader):
    released_section(people, "我们需要跟进重要客户的付款情况，不得遗漏。")
    released_section(people, "别的事情。")
    for query in ("付款", "户的", "的付款", "重要客户的付款情况", "款", "，不", "付款 客户", "客户　遗漏"):
        assert labels(query, reader()) == ["1.1"], query
    assert labels("付户", reader()) == []
    assert labels("付款 别的", reader()) == []


def test_every_two_sign_piece_of_a_released_text_finds_it(people, reader):
    text = "铃响第2至第3声接起：微笑说话，复述客户的出发地；均价16,800元/㎡，首付30%起。“开车几分钟”不讲。ABC-12 C++"
    section = released_section(people, text)
    for words in (section.title.replace(" ", ""), text.replace(" ", "")):
        pieces = {words[i : i + 2] for i in range(len(words) - 1)}
        assert [piece for piece in pieces if labels(piece, reader()) != ["1.1"]] == []
    assert labels(section.title[-1] + text[0], reader()) == []


ODD = ['"', "%", "_", "\\", "'", "*", "()", "🏠", "\x00", "a\x00b", "AND", "NEAR(", "", "   ", "—", "字" * 500, "-x"]


def test_odd_queries_do_no_harm(people, reader):
    released_section(people, "首付30%起，见“_说明”。")
    for query in ODD:
        hits, total = find(query, None, reader())
        assert total == len(hits) == (1 if query in ("%", "_") else 0), query


def test_signs_of_the_query_language_find_themselves_only(people, reader):
    released_section(people, "折扣为5%。")
    released_section(people, "折扣为5成。")
    assert labels("5%", reader()) == ["1.1"]
    assert labels("%", reader()) == ["1.1"]


def test_width_and_case_do_not_matter(people, reader):
    released_section(people, "ＶＩＰ客户由Manager接待，费用１００元。")
    for query in ("vip", "VIP", "ｖｉｐ客户", "manager", "100元", "１００"):
        assert labels(query, reader()) == ["1.1"], query


def test_only_what_is_in_force_is_found(people, reader):
    section = released_section(people, "旧的说法。")
    change(section, people, "新的说法。", effective_from=clock.today() + timedelta(days=1))
    assert (labels("旧的", reader()), labels("新的", reader())) == (["1.1"], [])
    with clock.shift(timedelta(days=1)):
        assert (labels("旧的", reader()), labels("新的", reader())) == ([], ["1.1"])


def test_kinds_and_order(people, reader):
    released_section(people, "岚桥路怎么走。")
    released_script(people, code="PH-01", question="岚桥路在哪里？")
    released_course(people, lessons=("岚桥路的历史",))
    assert labels("岚桥路", reader()) == ["PH-01", "1.1", "C-01"]
    assert labels("岚桥路", reader(), "courses") == ["C-01"]
    assert labels("岚桥路", reader(), "handbook") == ["1.1"]
    assert labels("岚桥路", reader(), "nonsense") == ["PH-01", "1.1", "C-01"]


def test_hits_show_the_words_marked_and_lead_to_the_clause(people, reader):
    released_section(people, "第一条讲<别的>。", "第二条：客户&朋友 付　款 时限为10分钟。")
    hit = find("付款", None, reader())[0][0]
    assert hit.anchor == "1.1.2"
    assert "<mark>付 款</mark>" in hit.excerpt
    assert "&amp;朋友" in hit.excerpt
    assert "<别的>" not in find("别的", None, reader())[0][0].excerpt


def test_words_are_few_and_short():
    assert words_of("a " * 50) == ["a"]
    assert len(words_of(" ".join(str(n) for n in range(100)))) == 8
