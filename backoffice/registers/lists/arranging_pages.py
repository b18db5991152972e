"""What a person does with the look of a list: columns, page size, saved views. Each is one posted form."""

from django import forms
from django.http import Http404, HttpResponseRedirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from ..scope import roles_of
from ..screens import addresses
from ..screens.listing import ListFrame
from . import views
from .listing import VIEW


class ArrangeView(ListFrame):
    """Keeps columns, their order and the page size for this person; `reset` forgets them."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        arranged = self.listing.arranged
        if "reset" in request.POST:
            arranged.reset()
        else:
            size = request.POST.get("size", "")
            columns = request.POST.getlist("columns")
            arranged.arrange(columns=columns or None, size=int(size) if size.isdigit() and len(size) < 4 else None)
        return HttpResponseRedirect(self.address())


class ViewForm(forms.Form):
    """A view's name, and with the verb `configure` the roles that find it."""

    name = forms.CharField(max_length=40)
    roles = forms.MultipleChoiceField(required=False)
    opens_first = forms.BooleanField(required=False)

    def __init__(self, register, viewer, data=None):
        super().__init__(data)
        self.shares = views.may_share(register, viewer)
        if self.shares:
            self.fields["roles"].choices = roles_of(register)
        else:
            del self.fields["roles"], self.fields["opens_first"]


class SaveView(ListFrame):
    """Saves the list as it stands: as a new view, or with `update` into the one that is open."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        register, viewer = self.register, self.viewer
        updated = self.view if "update" in request.POST else None
        if "update" in request.POST and (updated is None or not views.may_change(register, viewer, updated)):
            raise Http404
        form = ViewForm(register, viewer, request.POST)
        if ("roles" in request.POST or "opens_first" in request.POST) and not form.shares:
            raise Http404
        if not form.is_valid() or self.listing.problem:
            messages.error(request, self.listing.problem or _("Please give the view a name."))
            return HttpResponseRedirect(self.address())
        given = form.cleaned_data
        view = views.keep(
            register,
            viewer,
            given["name"],
            self.listing.state,
            view=updated,
            roles=given.get("roles"),
            opens_first=given.get("opens_first", False),
        )
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
        return HttpResponseRedirect(f"{addresses.list_url(register)}?{VIEW}={view.public_id}")


class DeleteView(ListFrame):
    """Takes away the view that is open; records are not touched."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        view = self.view
        if view is None or not views.may_change(self.register, self.viewer, view):
            raise Http404
        name = view.name
        view.delete()
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": name})
        return HttpResponseRedirect(addresses.list_url(self.register))
