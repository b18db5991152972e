"""The screens of dictionaries: the options that fields offer, kept by whoever configures a register using them."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name

from ..screens.editing import REASON, reason_in
from ..screens.frame import HOME, Frame
from . import options, wording
from .models import DictionaryChange

CHANGES_SHOWN = 50
# What a spreadsheet may put between two of the other words.
BETWEEN = "、,，;；/\n"  # noqa: RUF001  full-width signs are what people type


def title_of(columns):
    """What a dictionary is called: by the fields that offer it, because people know it by nothing else."""
    labels = dict.fromkeys(str(capfirst(column.label)) for column in columns)
    return " / ".join(labels)


class DictionariesFrame(Frame):
    header_icon = "list-ul"

    def get_breadcrumbs_items(self):
        return [HOME, {"url": reverse("dictionaries"), "label": _("Dictionaries")}]

    @cached_property
    def kept(self):
        """{dictionary: [Column]} that the viewer keeps."""
        return options.kept_by(self.viewer)


class DictionariesView(DictionariesFrame):
    """Every dictionary the viewer keeps, with where it is used and how many options it has."""

    template_name = "definitions/dictionaries.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not self.kept:
            raise Http404

    def get_page_title(self):
        return _("Dictionaries")

    def get_breadcrumbs_items(self):
        return [HOME, {"url": "", "label": self.get_page_title()}]

    def get(self, request, *args, **kwargs):
        counts = options.counts(self.kept)
        found = [
            {
                "name": title_of(columns),
                "url": reverse("dictionary", args=[dictionary]),
                "used": "、".join(dict.fromkeys(str(capfirst(c.register.label_plural)) for c in columns)),
                "living": counts.get(dictionary, (0, 0))[0],
                "retired": counts.get(dictionary, (0, 0))[1],
            }
            for dictionary, columns in self.kept.items()
        ]
        return self.page(dictionaries=sorted(found, key=lambda one: one["name"]))


class DictionaryFrame(DictionariesFrame):
    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.dictionary = kwargs["name"]
        if self.dictionary not in self.kept:
            raise Http404

    def back(self):
        return HttpResponseRedirect(reverse("dictionary", args=[self.dictionary]))


class DictionaryView(DictionaryFrame):
    """The options of one dictionary as one form, and what was changed before."""

    template_name = "definitions/dictionary.html"

    def get_page_title(self):
        return title_of(self.kept[self.dictionary])

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get(self, request, *args, **kwargs):
        return self.ask()

    def ask(self, mistake="", status=200, lines=None):
        usage = options.usage(self.dictionary)
        if lines is None:
            lines = [
                {"code": e.code, "label": e.label, "label_en": e.label_en, "aliases": e.aliases, "retired": e.retired}
                for e in options.entries(self.dictionary)
            ]
        for line in lines:
            line["used"] = usage.get(line["code"], 0)
            line["words"] = "、".join(line["aliases"])
        return self.page(
            status,
            lines=lines,
            mistake=mistake,
            reason=self.request.POST.get(REASON, ""),
            reason_name=REASON,
            places=[(capfirst(c.register.label_plural), capfirst(c.label)) for c in self.kept[self.dictionary]],
            changes=self.changes(),
        )

    def changes(self):
        found = DictionaryChange.objects.filter(dictionary=self.dictionary)
        found = found.select_related("actor__wagtail_userprofile", "undoes", "undone_by")[:CHANGES_SHOWN]
        return [
            {
                "change": change,
                "who": get_user_display_name(change.actor),
                "steps": wording.option_steps(change),
                "undo_url": "" if hasattr(change, "undone_by") else self.undo_url(change),
            }
            for change in found
        ]

    def undo_url(self, change):
        return reverse("dictionary_undo", args=[self.dictionary, change.public_id])

    def post(self, request, *args, **kwargs):
        lines = self.posted()
        reason = reason_in(request)
        if not reason:
            return self.ask(_("Please give a reason."), 422, lines)
        try:
            change = options.change(self.dictionary, self.states(lines), self.viewer, reason)
        except ValidationError as error:
            return self.ask(" ".join(error.messages), 422, lines)
        messages.success(request, _("Saved.") if change else _("Nothing was changed."))
        return self.back()

    def posted(self):
        """The lines as filled in; an empty one without a code is none."""
        post = self.request.POST
        parts = [post.getlist(f"option_{part}") for part in ("code", "label", "en", "words")]
        retired = set(post.getlist("option_retired"))
        known = {entry.code for entry in options.entries(self.dictionary)}
        return [
            {
                "code": code if code in known else "",
                "label": label.strip()[:40],
                "label_en": english.strip()[:60],
                "aliases": _words(words),
                "retired": bool(code) and code in retired,
            }
            for code, label, english, words in zip(*parts, strict=False)
            if code or label.strip()
        ]

    def states(self, lines):
        taken = {entry.code for entry in options.entries(self.dictionary)}
        states = {}
        for position, line in enumerate(lines):
            code = line["code"] or options.free_code(taken)
            taken.add(code)
            states[code] = {name: line[name] for name in options.ATTRIBUTES if name != "position"}
            states[code]["position"] = position
        return states


def _words(text):
    for sign in BETWEEN[1:]:
        text = text.replace(sign, BETWEEN[0])
    return list(dict.fromkeys(word.strip()[:40] for word in text.split(BETWEEN[0]) if word.strip()))


class UndoView(DictionaryFrame):
    """Takes one change of a dictionary back."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        known = DictionaryChange.objects.filter(dictionary=self.dictionary)
        change = get_object_or_404(known, public_id=kwargs["change"])
        try:
            options.undo(change, self.viewer, _("Undo"))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The change is taken back."))
        return self.back()
