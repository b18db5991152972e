"""The screens of grants: those one may know of, giving one from a record or for a site, taking one back."""

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Count, Max
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.widgets.button import HeaderButton

from backoffice.jobs import clock

from .. import catalogue
from ..audit.log import names_of
from ..scope import viewer_of
from ..screens import addresses
from ..screens.editing import REASON, reason_in
from ..screens.frame import HOME, Frame, RegisterFrame
from . import giving, watching

SIZE = 50


def grants_url():
    return reverse("access_grants")


class AccessFrame(Frame):
    header_icon = "key"

    def get_breadcrumbs_items(self):
        return [HOME, {"url": grants_url(), "label": _("Access grants")}]


class GrantsView(AccessFrame):
    """What was given to whom, until when, by whom and why, and how often it was used. Everybody sees their own."""

    template_name = "access/grants.html"

    def get_page_title(self):
        return _("Access grants")

    @cached_property
    def header_buttons(self):
        buttons = []
        if giving.may_give(self.viewer):
            for register in catalogue.registers():
                if giving.fields_to_give(register, self.viewer) and giving.sites_to_give(register, self.viewer):
                    label = _("Give access to all %(what)s") % {"what": register.label_plural}
                    buttons.append(
                        HeaderButton(label, reverse("access_give_all", args=[register.code]), icon_name="plus")
                    )
        if watching.may_watch(self.viewer):
            buttons.append(HeaderButton(_("Unusual looks"), reverse("access_unusual"), icon_name="warning"))
        return buttons

    def get(self, request, *args, **kwargs):
        asked = request.GET.get("before", "")
        found = giving.readable(self.viewer).select_related("receiver__wagtail_userprofile", "given_by", "revoked_by")
        if asked.isdigit() and len(asked) < 19:
            found = found.filter(pk__lt=int(asked))
        found = found.annotate(used=Count("uses"), last_used=Max("uses__access__at"))
        shown = list(found.order_by("-pk")[: SIZE + 1])
        more = f"{grants_url()}?before={shown[SIZE - 1].pk}" if len(shown) > SIZE else ""
        return self.page(
            lines=self.lines(shown[:SIZE]),
            newest_url=grants_url() if asked else "",
            older_url=more,
            gives=giving.may_give(self.viewer),
        )

    def lines(self, grants):
        named = names_of(grants, self.viewer)
        moment = clock.now()
        revocable = self.revocable()
        return [
            self.line(grant, named.get((grant.register, grant.row), ("", "")), moment, revocable) for grant in grants
        ]

    def revocable(self):
        """The accounts about whose access the viewer decides."""
        if not giving.may_give(self.viewer):
            return set()
        return set(giving.colleagues(self.viewer).values_list("pk", flat=True))

    def line(self, grant, named, moment, revocable):
        name, url = named
        register = catalogue.get(grant.register)
        mine = grant.given_by_id == self.viewer.user.pk or grant.receiver_id in revocable
        return {
            "grant": grant,
            "receiver": get_user_display_name(grant.receiver),
            "given_by": get_user_display_name(grant.given_by),
            "name": name if grant.row else _("all %(what)s of the site") % {"what": register.label_plural},
            "url": url if grant.row else "",
            "fields": giving.names_of_fields(grant, self.viewer),
            "state": state_of(grant, moment),
            "revoke_url": reverse("access_revoke", args=[grant.public_id]) if mine and grant.in_force(moment) else "",
        }


def state_of(grant, moment):
    """(css class, words) of where a grant stands."""
    if grant.revoked_at is not None:
        return "archived", pgettext("grant", "withdrawn")
    return ("", pgettext("grant", "in force")) if grant.in_force(moment) else ("archived", _("ended"))


class GrantForm(forms.Form):
    receiver = forms.ModelChoiceField(label=gettext_lazy("To whom"), queryset=None, empty_label="—")
    site = forms.ChoiceField(label=gettext_lazy("At which site"))
    fields_ = forms.MultipleChoiceField(label=gettext_lazy("Which fields"), widget=forms.CheckboxSelectMultiple)
    hours = forms.TypedChoiceField(label=gettext_lazy("For how long"), coerce=int)
    may_export = forms.BooleanField(
        label=gettext_lazy("Files and programs as well"),
        required=False,
        help_text=gettext_lazy("Otherwise exports and the interface for programs keep the mask."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    # What the rules call a field, by the name of its input.
    INPUTS = {"fields": "fields_"}

    def __init__(self, register, viewer, row, data=None):
        super().__init__(data, initial={"hours": settings.ACCESS_GRANT_HOURS}, use_required_attribute=False)
        self.fields["receiver"].queryset = giving.colleagues(viewer)
        self.fields["receiver"].label_from_instance = get_user_display_name
        known = giving.fields_to_give(register, viewer)
        self.fields["fields_"].choices = [(name, capfirst(column.label)) for name, column in known.items()]
        self.fields["hours"].choices = [(hours, said(hours)) for hours in giving.hours_offered()]
        self.sites = giving.sites_to_give(register, viewer) if row is None else {}
        self.fields["site"].choices = [(number or "", name) for number, name in self.sites.items()]
        if len(self.sites) < 2:
            del self.fields["site"]
        if not register.may(viewer, "export"):
            del self.fields["may_export"]

    def chosen_site(self):
        """The row number of the chosen site, or of the only one."""
        chosen = self.cleaned_data.get("site")
        return int(chosen) if chosen else next(iter(self.sites), None)


def said(hours):
    if hours % 24:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}


class GiveView(RegisterFrame):
    """Giving access to one record, or with no `key` to all of a site."""

    template_name = "access/give.html"

    def setup(self, request, *args, **kwargs):
        viewer = viewer_of(request.user)
        try:
            self.register = catalogue.get(kwargs["code"])
        except KeyError as error:
            raise Http404 from error
        if not giving.may_give(viewer) or not giving.fields_to_give(self.register, viewer):
            raise Http404
        super().setup(request, *args, **kwargs)
        self.row, self.name = None, ""
        if "key" in kwargs:
            rows = self.register.whole(self.register.changeable(viewer, "reveal"))
            self.row = get_object_or_404(rows, public_id=kwargs["key"])
            self.name = self.register.name_of(self.row, viewer, {self.row.pk})
        elif not giving.sites_to_give(self.register, viewer):
            raise Http404

    def get_page_title(self):
        return _("Give access")

    def get_breadcrumbs_items(self):
        items = super().get_breadcrumbs_items()
        if self.row is not None:
            items.append({"url": addresses.record_url(self.row), "label": self.name})
        return [*items, {"url": "", "label": self.get_page_title()}]

    def get(self, request, *args, **kwargs):
        return self.ask(GrantForm(self.register, self.viewer, self.row))

    def post(self, request, *args, **kwargs):
        form = GrantForm(self.register, self.viewer, self.row, request.POST)
        if form.is_valid():
            self.give(form)
        if form.errors:
            return self.ask(form, 422)
        messages.success(request, _("Access is given. Every use of it is written down."))
        return HttpResponseRedirect(addresses.record_url(self.row) if self.row is not None else grants_url())

    def give(self, form):
        told = form.cleaned_data
        try:
            giving.give(
                self.register,
                self.viewer,
                told["receiver"],
                told["fields_"],
                hours=told["hours"],
                reason=told["reason"],
                row=self.row,
                site=form.chosen_site() if self.row is None else None,
                may_export=told.get("may_export", False),
            )
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                place = form.INPUTS.get(name, name)
                form.add_error(place if place in form.fields else None, sentences)

    def ask(self, form, status=200):
        back = addresses.record_url(self.row) if self.row is not None else grants_url()
        return self.page(status, form=form, row=self.row, name=self.name, back_url=back)


class RevokeView(AccessFrame):
    """Takes a grant back, with a reason."""

    template_name = "registers/deed.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.grant = get_object_or_404(giving.readable(self.viewer), public_id=kwargs["key"])
        if not giving.may_revoke(self.grant, self.viewer):
            raise Http404

    def get_page_title(self):
        return _("Withdraw access")

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get(self, request, *args, **kwargs):
        return self.ask()

    def post(self, request, *args, **kwargs):
        reason = reason_in(request)
        if not reason:
            return self.ask([_("Please give a reason.")], 422)
        giving.revoke(self.grant, self.viewer, reason)
        messages.success(request, _("Access is withdrawn."))
        return HttpResponseRedirect(grants_url())

    def ask(self, mistakes=(), status=200):
        receiver = get_user_model().objects.get(pk=self.grant.receiver_id)
        return self.page(
            status,
            title=_("Withdraw access"),
            subject=get_user_display_name(receiver),
            explanation=_(
                "From now on this person sees the masks again. What was seen until now stays written down."
            ),
            button=_("Withdraw"),
            dangerous=True,
            mistakes=mistakes,
            reason=self.request.POST.get(REASON, ""),
            reason_name=REASON,
            back_url=grants_url(),
        )
