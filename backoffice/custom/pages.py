"""The screens on which managers make registers; 404 for everybody else."""

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.widgets.button import HeaderButton

from backoffice.jobs import clock
from backoffice.registers import catalogue
from backoffice.registers.screens import addresses
from backoffice.registers.screens.editing import REASON, reason_in
from backoffice.registers.screens.frame import HOME, Frame

from . import operations, rights, wording
from .forms import PlanForm
from .models import Entry, RegisterDefinition
from .plans import Plan


class MakingFrame(Frame):
    """A screen for makers of registers."""

    header_icon = "list-ul"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not rights.may_make(self.viewer):
            raise Http404

    def get_breadcrumbs_items(self):
        title = self.get_page_title()
        return [HOME, {"url": reverse("custom"), "label": _("Registers of your own")}, {"url": "", "label": title}]


class DefinitionsView(MakingFrame):
    """Every register that was made here, with where it stands."""

    template_name = "custom/definitions.html"

    def get_page_title(self):
        return _("Registers of your own")

    def get_breadcrumbs_items(self):
        return [HOME, {"url": "", "label": self.get_page_title()}]

    @cached_property
    def header_buttons(self):
        return [HeaderButton(_("New register"), reverse("custom_new"), icon_name="plus")]

    def get(self, request, *args, **kwargs):
        living = Entry.rows.filter(voided_at=None).order_by().values_list("definition")
        counts = dict(living.annotate(number=Count("pk")))
        lines = [
            self.line(definition, counts.get(definition.pk, 0)) for definition in RegisterDefinition.objects.all()
        ]
        return self.page(lines=lines, new_url=reverse("custom_new"))

    def line(self, definition, count):
        register = catalogue.get(definition.code) if definition.released_at else None
        seen = register is not None and register.seen_by(self.viewer)
        return {
            "definition": definition,
            "name": definition.named(),
            "icon": (definition.plan or definition.draft).get("icon", "list-ul"),
            "state": state_of(definition),
            "count": count if register else None,
            "list_url": addresses.list_url(register) if seen else "",
            "edit_url": reverse("custom_definition", args=[definition.code]),
            "release_url": reverse("custom_release", args=[definition.code]) if definition.draft else "",
        }


def state_of(definition):
    """(css class, words) of where a definition stands."""
    if definition.released_at is None:
        return "draft", _("draft")
    if definition.closed_at is not None:
        return "archived", _("closed")
    return ("waiting", _("changes wait for release")) if definition.draft else ("", _("in force"))


class Filling:
    """The form of a register, for a new one and for one that is there."""

    template_name = "custom/definition.html"

    def get(self, request, *args, **kwargs):
        return self.ask(PlanForm(self.definition, self.viewer))

    def post(self, request, *args, **kwargs):
        form = PlanForm(self.definition, self.viewer, request.POST)
        saved = form.save() if form.is_valid() else None
        if saved is None:
            return self.ask(form, 422)
        if not saved.draft:
            messages.info(request, _("Nothing differs."))
            return HttpResponseRedirect(reverse("custom"))
        messages.success(request, _("Noted. Nobody sees it before you release it."))
        return HttpResponseRedirect(reverse("custom_release", args=[saved.code]))

    def ask(self, form, status=200):
        definition = self.definition
        fields_url = ""
        if definition.in_force and catalogue.get(definition.code).may(self.viewer, "configure"):
            fields_url = reverse("definitions_fields", args=[definition.code])
        return self.page(
            status,
            form=form,
            media=form.media,
            definition=definition,
            state=state_of(definition),
            fields_url=fields_url,
            year=clock.today().year,
        )


class NewView(Filling, MakingFrame):
    def get_page_title(self):
        return _("New register")

    @cached_property
    def definition(self):
        return RegisterDefinition()


class DefinitionFrame(MakingFrame):
    """A screen about one register."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.definition = get_object_or_404(RegisterDefinition, code=kwargs["code"])
        self.name = self.definition.named()

    def get_page_title(self):
        return self.name

    def get_context_data(self, **kwargs):
        names = ("definition", "release", "discard", "close", "reopen", "history")
        urls = {name: reverse(f"custom_{name}", args=[self.definition.code]) for name in names}
        return super().get_context_data(urls=urls, name=self.name, **kwargs)


class DefinitionView(Filling, DefinitionFrame):
    """What is in force or prepared, to be changed."""


class DeedView(DefinitionFrame):
    """A page that says what will happen, asks why, and does it."""

    template_name = "custom/deed.html"
    title = button = done = explanation = ""
    needs_reason = True
    dangerous = False

    def get_page_title(self):
        return self.title

    def get(self, request, *args, **kwargs):
        return self.ask()

    def post(self, request, *args, **kwargs):
        reason = reason_in(request)
        if self.needs_reason and not reason:
            return self.ask(_("Please give a reason."), 422)
        try:
            self.do(reason)
        except ValidationError as error:
            return self.ask(" ".join(error.messages), 422)
        messages.success(request, self.done)
        return HttpResponseRedirect(self.next_url())

    def next_url(self):
        return reverse("custom")

    def ask(self, mistake="", status=200, **context):
        told = {"title": self.title, "button": self.button, "explanation": self.explanation}
        told |= {"mistake": mistake, "reason_name": REASON, "needs_reason": self.needs_reason}
        return self.page(
            status, reason=self.request.POST.get(REASON, ""), dangerous=self.dangerous, **told, **context
        )


class ReleaseView(DeedView):
    """What the register will look like, or what will change in it."""

    title = gettext_lazy("Look it over and release")
    button = gettext_lazy("Release")
    done = gettext_lazy("Released. The register is there for everybody who may see it.")
    needs_reason = False

    def ask(self, mistake="", status=200):
        definition = self.definition
        if not definition.draft or definition.closed_at is not None:
            raise Http404
        plan = Plan.read(definition.draft)
        return super().ask(
            mistake,
            status,
            told=wording.told(plan),
            steps=wording.differences(Plan.read(definition.plan), plan) if definition.released_at else [],
            columns=wording.columns(plan),
            example=plan.example(clock.today().year),
            may_discard=True,
        )

    def do(self, reason):
        operations.release(self.definition, self.viewer, reason)

    def next_url(self):
        register = catalogue.get(self.definition.code)
        return addresses.list_url(register) if register.seen_by(self.viewer) else reverse("custom")


class DiscardView(DeedView):
    http_method_names = ["post"]
    needs_reason = False
    done = gettext_lazy("The draft is discarded.")

    def do(self, reason):
        operations.discard(self.definition, self.viewer)


class CloseView(DeedView):
    dangerous = True
    title = button = gettext_lazy("Close the register")
    done = gettext_lazy("The register is closed.")
    explanation = gettext_lazy(
        "Records can still be found, read and exported, but no longer added or changed. It leaves the menu and "
        "can be opened again."
    )

    def do(self, reason):
        operations.close(self.definition, self.viewer, reason)


class ReopenView(DeedView):
    title = button = gettext_lazy("Open the register again")
    done = gettext_lazy("The register is open again.")
    explanation = gettext_lazy("It stands in the menu again, with all its records and the rights it had.")

    def do(self, reason):
        operations.reopen(self.definition, self.viewer, reason)


class HistoryView(DefinitionFrame):
    """Who prepared, released and closed it, with what changed each time."""

    template_name = "definitions/history.html"

    def get_page_title(self):
        return _("History of the register")

    def get(self, request, *args, **kwargs):
        states = list(self.definition.history.select_related("history_user__wagtail_userprofile")[:101])
        deeds = [
            {
                "what": wording.what(before, after),
                "who": get_user_display_name(after.history_user) if after.history_user else "",
                "at": after.history_date,
                "reason": after.history_change_reason or "",
                "steps": wording.between(before, after),
            }
            for after, before in zip(states, [*states[1:], None], strict=True)
        ]
        return self.page(deeds=[deed for deed in deeds if deed["what"]][:100])
