"""Dictionaries are kept by who configures a register that uses them; every change is on the record."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from backoffice.registers import dictionaries
from backoffice.registers.changes import Denied
from backoffice.registers.definitions import options
from backoffice.registers.definitions.models import DictionaryChange, Kind
from backoffice.registers.models import DictionaryEntry
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org
from tests.registers.screens.conftest import at

from .conftest import added, written

pytestmark = pytest.mark.django_db
NAME = "intent_grade"


def url(name="dictionary", *args):
    return reverse(name, args=list(args) or ([NAME] if name == "dictionary" else []))


@pytest.fixture
def browser(as_, manager):
    return as_(manager.user)


def form(**changes):
    """What the page posts: every line as it stands, with `changes` {code: {part: value}}, new lines under ""."""
    lines = [
        {"code": e.code, "label": e.label, "en": e.label_en, "words": "、".join(e.aliases)} | changes.pop(e.code, {})
        for e in options.entries(NAME)
    ]
    lines += [{"code": "", "label": "", "en": "", "words": ""} | line for line in changes.pop("new", [])]
    posted = {f"option_{part}": [line[part] for line in lines] for part in ("code", "label", "en", "words")}
    return posted | {"option_retired": changes.pop("retired", []), "_reason": changes.pop("reason", "统一叫法")}


@pytest.mark.parametrize("role", ["PC", "GM", "TRN", None])
def test_nobody_else_finds_the_dictionaries(register, manager, client, role):
    change = options.change(NAME, {"A": {"label": "很想买"}}, manager, "改")
    if role:
        org.sign_in(client, org.person(role))
    asked = [client.get(url("dictionaries")), client.get(url()), client.post(url(), form(A={"label": "抢着买"}))]
    asked.append(client.post(url("dictionary_undo", NAME, change.public_id)))
    assert {answer.status_code for answer in asked} == ({404} if role else {302})
    assert dictionaries.label(NAME, "A") == "很想买"
    if role:
        with pytest.raises(Denied):
            options.change(NAME, {"A": {"label": "抢着买"}}, viewer_of(org.person(role)), "x")


def test_a_dictionary_of_a_register_one_does_not_configure_is_not_found(register, browser):
    DictionaryEntry.objects.create(dictionary="secret_list", code="a", label="甲")
    assert browser.get(url("dictionary", "secret_list")).status_code == 404


def test_an_option_is_renamed_added_ordered_retired_and_everything_is_on_the_record(register, manager, browser):
    row = written(register, intent_grade="A")[1]
    page = browser.get(url()).content.decode()
    assert dictionaries.label(NAME, "A") in page
    answer = browser.post(url(), form(A={"label": "很想买", "words": "志在必得,铁买"}, new=[{"label": "观望"}]))
    assert answer.status_code == 302
    codes = [entry.code for entry in options.entries(NAME)]
    new = DictionaryEntry.objects.get(dictionary=NAME, label="观望")
    assert codes[-1] == new.code and dictionaries.spellings(NAME)["A"][-2:] == ["志在必得", "铁买"]
    assert "很想买" in browser.get(at("record", row)).content.decode()
    browser.post(url(), form(retired=["A"], reason="不再分级"))
    assert "A" not in dict(dictionaries.choices(NAME)) and dictionaries.label(NAME, "A") == "很想买"
    page = browser.get(url()).content.decode()
    assert "周建国" in page and "不再分级" in page and "志在必得" in page
    assert options.usage(NAME)["A"] == 1
    last, first = DictionaryChange.objects.all()
    assert first.before["A"]["label"] != "很想买" and last.after == {"A": {"retired": True}}
    before = DictionaryEntry.objects.count()
    browser.post(url("dictionary_undo", NAME, last.public_id))
    browser.post(url("dictionary_undo", NAME, first.public_id))
    assert "A" in dict(dictionaries.choices(NAME)) and dictionaries.label(NAME, "A") != "很想买"
    new.refresh_from_db()
    assert new.retired and DictionaryEntry.objects.count() == before


def test_a_change_that_was_changed_again_is_not_taken_back(register, manager):
    first = options.change(NAME, {"A": {"label": "很想买"}}, manager, "一")
    options.change(NAME, {"A": {"label": "极想买"}}, manager, "二")
    with pytest.raises(ValidationError):
        options.undo(first, manager, "退")
    assert dictionaries.label(NAME, "A") == "极想买"


@pytest.mark.parametrize(
    "changes",
    [
        {"new": [{"label": "A类"}, {"label": " a类 "}]},
        {"A": {"words": "铁买"}, "B": {"words": "铁买"}},
        {"A": {"label": ""}},
        {"A": {"label": "x"}, "reason": ""},
    ],
)
def test_two_options_never_answer_to_one_word(register, browser, changes):
    before = list(DictionaryEntry.objects.values_list("label", "aliases"))
    assert browser.post(url(), form(**changes)).status_code == 422
    assert list(DictionaryEntry.objects.values_list("label", "aliases")) == before
    assert not DictionaryChange.objects.exists()


def test_the_options_of_an_added_field_are_a_dictionary_like_any_other(register, manager, browser):
    definition = added(manager, Kind.CHOICE, label="来路", options=[("", "地铁口", "", False)])
    written(register, **{definition.key: "o1"})
    assert "来路" in browser.get(url("dictionaries")).content.decode()
    page = browser.get(url("dictionary", definition.dictionary))
    assert page.status_code == 200 and options.usage(definition.dictionary) == {"o1": 1}
