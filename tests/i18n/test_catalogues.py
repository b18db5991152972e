"""Nothing on a Chinese screen is left in English, and no translation breaks the sentence it stands for."""

import re
from collections import Counter

import polib
import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation
from wagtail.users.models import UserProfile

from backoffice.i18n import catalogues
from backoffice.i18n.messages import Message, from_tree

# Text that a program fills in or reads: format fields, doubled per cent signs, HTML tags.
FIELDS = re.compile(r"%\(\w+\)[sdrif]|%[sdr%]|\{\w*\}")
TAGS = re.compile(r"<[^<>]+>")
CATALOGUES = sorted((catalogues.ROOT / "locale").rglob("*.po"))


@pytest.fixture(autouse=True, scope="module")
def compiled():
    catalogues.compile_all()


def broken(entry):
    """Why a translation cannot stand in for its English, or None.

    Chinese has one form, so it may follow either English form of a message with a count.
    """
    chinese = entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr
    english = [text for text in (entry.msgid, entry.msgid_plural) if text]
    if not any(set(FIELDS.findall(chinese)) == set(FIELDS.findall(text)) for text in english):
        return "format fields differ"
    if not any(Counter(TAGS.findall(chinese)) == Counter(TAGS.findall(text)) for text in english):
        return "HTML differs"
    return None


def test_nothing_of_wagtail_is_left_in_english():
    assert catalogues.wagtail_gaps() == []


def test_the_supplied_catalogue_holds_only_what_the_packages_lack():
    lacking = {
        (gap.domain, gap.message.key) for package in catalogues.SHOWN for gap in catalogues.untranslated(package)
    }
    supplied = {
        (domain, (entry.msgctxt, entry.msgid))
        for domain in catalogues.DOMAINS
        for entry in catalogues.open_catalogue(catalogues.ROOT / catalogues.SUPPLIED / f"{domain}.po")
    }
    assert supplied == lacking


def test_every_installed_package_that_speaks_is_looked_at():
    looked_at = {found for package in catalogues.SHOWN for found in catalogues.english(package)}
    apart = {
        app.name: sorted({message.text for _, message in set(catalogues.english(app.name)) - looked_at})
        for app in apps.get_app_configs()
        if "site-packages" in app.path and app.name not in catalogues.NOT_SHOWN
    }
    assert {name: texts for name, texts in apart.items() if texts} == {}


def test_nothing_of_ours_is_left_in_english():
    missing = [f"{gap.source}: {gap.message.text}" for gap in catalogues.own_gaps()]
    assert missing == [], "run `manage.py collect_messages`, then translate locale/zh_Hans"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(catalogues.ROOT)))
def test_translations_keep_fields_and_tags(path):
    faults = {entry.msgid: broken(entry) for entry in polib.pofile(str(path)).translated_entries()}
    assert {text: fault for text, fault in faults.items() if fault} == {}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("%(n)s pages", "%(m)s 个页面"),
        ("Delete %(name)s", "删除"),
        ("100%% of {0}", "{0} 的全部"),
        ("<b>Note</b>", "<b>注意"),
        ('<a href="%(url)s">add one</a>', '<a href="%(url)s" onclick="x()">添加</a>'),
    ],
)
def test_a_broken_translation_is_noticed(english, chinese):
    assert broken(polib.POEntry(msgid=english, msgstr=chinese))


PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy
from django.utils import translation
label = _("Buyer " "list")
count = ngettext("%(n)d buyer", "%(n)d buyers", n)
other = pgettext_lazy("rotation", "Turn") + translation.gettext("Said by attribute")
unknown = _(name)
"""
TEMPLATE = """{% load i18n %}{# gettext('not said') #}
{% translate "Give up standing" %} {% trans 'Turn' context 'rotation' %} {{ _("Constant")|upper }}
{% blocktranslate trimmed count n=total %}
  One visit by {{ name }}
{% plural %}
  {{ n }} visits, 100%
{% endblocktranslate %}
"""
JAVASCRIPT = """
const a = gettext('Upload it\\'s file');
const b = interpolate(ngettext("%s row", `%s rows`, n), [n]) + django.pgettext("grid", "Free" + " unit");
const c = notgettext("never"); gettext(variable);
"""


@pytest.fixture
def tree(tmp_path):
    """A source folder that says one thing of each kind, beside a test folder that nobody reads."""
    for name, text in {
        "desk/views.py": PYTHON,
        "desk/templates/desk/list.html": TEMPLATE,
        "desk/static/desk/upload.js": JAVASCRIPT,
        "desk/static/desk/upload.min.js": 'gettext("minified")',
        "tests/test_desk.py": 'from django.utils.translation import gettext\ngettext("in a test")',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_messages_are_seen_in_python_templates_and_javascript(tree):
    found = from_tree(tree)
    assert set(found["django"]) == {
        Message(None, "Buyer list", None),
        Message(None, "%(n)d buyer", "%(n)d buyers"),
        Message("rotation", "Turn", None),
        Message(None, "Said by attribute", None),
        Message(None, "Give up standing", None),
        Message(None, "Constant", None),
        Message(None, "One visit by %(name)s", "%(n)s visits, 100%%"),
    }
    assert set(found["djangojs"]) == {
        Message(None, "Upload it's file", None),
        Message(None, "%s row", "%s rows"),
        Message("grid", "Free unit", None),
    }
    places = found["django"][Message("rotation", "Turn", None)]
    assert sorted(places) == ["desk/templates/desk/list.html", "desk/views.py"]


def test_the_reader_finds_exactly_what_gettext_found_in_wagtail():
    """Wagtail's own English catalogues were made by xgettext: an independent reading of 1,700 messages."""
    found = set(from_tree(catalogues.package_folder("wagtail"))["django"])
    published = {message for domain, message in catalogues.english("wagtail") if domain == "django"}
    assert len(published) > 1500
    assert found == published


def test_collecting_adds_keeps_and_retires_messages(tree):
    assert len(catalogues.own_gaps(tree)) == 10
    catalogues.collect(tree)
    path = tree / catalogues.OWN / "django.po"
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: "%(n)s"}
        else:
            entry.msgstr = "译文"
    catalogue.save()
    assert {gap.domain for gap in catalogues.own_gaps(tree)} == {"djangojs"}

    (tree / "desk/views.py").write_text('from django.utils.translation import gettext as _\n_("Brand new")\n')
    report = catalogues.collect(tree)["django"]
    assert report.added == ["Brand new"]
    assert sorted(report.obsolete) == ["%(n)d buyer", "Buyer list", "Said by attribute"]
    assert [gap.message.text for gap in catalogues.own_gaps(tree) if gap.domain == "django"] == ["Brand new"]

    (tree / "desk/views.py").write_text(PYTHON)
    catalogues.collect(tree, drop_obsolete=True)
    again = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}
    assert again["Buyer list"] == "译文"
    assert "Brand new" not in again
    before = path.read_bytes()
    catalogues.collect(tree)
    assert path.read_bytes() == before


def test_a_word_of_ours_that_renames_one_of_wagtail_is_reported(tree):
    (tree / "desk/views.py").write_text('from django.utils.translation import gettext as _\n_("Layout")\n')
    for folder, word in ((catalogues.OWN, "户型"), (catalogues.SUPPLIED, "布局")):
        (tree / folder).mkdir(parents=True)
        catalogue = catalogues.new_catalogue()
        catalogue.append(polib.POEntry(msgid="Layout", msgstr=word))
        catalogue.save(str(tree / folder / "django.po"))
    assert catalogues.renamed_words(tree) == [("Layout", "户型", "布局")]


def test_only_changed_catalogues_are_compiled(tree):
    catalogues.collect(tree)
    assert len(catalogues.compile_all(tree)) == 2
    assert catalogues.compile_all(tree) == []
    (tree / catalogues.OWN / "django.po").touch()
    assert [path.name for path in catalogues.compile_all(tree)] == ["django.mo"]


@pytest.fixture
def fresh_translations():
    """Django caches catalogues for the life of the process; these tests want the ones just compiled."""
    from django.utils.translation import trans_real

    trans_real._translations.clear()
    yield
    trans_real._translations.clear()


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Autosave is paused", "自动保存已暂停"),
        ("Please enter your OTP token.", "请输入动态验证码。"),
        ("is in range", "在范围内"),
        ("Submit for moderation", "提交审核"),
    ],
)
def test_the_running_site_speaks_chinese(fresh_translations, english, chinese):
    with translation.override("zh-hans"):
        assert translation.gettext(english) == chinese
    with translation.override("en"):
        assert translation.gettext(english) == english


def test_a_count_is_said_in_chinese(fresh_translations):
    said = translation.ngettext_lazy("%(num_child_objects)d child page", "%(num_child_objects)d child pages", 3)
    with translation.override("zh-hans"):
        assert said % {"num_child_objects": 3} == "3 个子页面"


@pytest.mark.parametrize(("language", "spoken"), [("zh-hans", True), ("en", False)])
def test_the_script_catalogue_of_the_admin_holds_our_supplement(admin_client, admin_user, language, spoken):
    UserProfile.objects.create(user=admin_user, preferred_language=language)
    script = admin_client.get(reverse("wagtailadmin_javascript_catalog")).content.decode()
    assert ('"Changes have been autosaved.": "\\u4fee\\u6539' in script) is spoken


def test_the_command_compiles_every_catalogue():
    call_command("compile_catalogues")
    assert all(path.with_suffix(".mo").exists() for path in CATALOGUES)
