"""The addresses and the menu entries of the registers."""

from django.http import Http404
from django.urls import include, path
from django.utils.text import capfirst
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.viewsets.base import ViewSet

from .. import catalogue
from ..access.why_pages import WhyView
from ..audit.screens.recycle import RecycleView
from ..audit.screens.seen import SeenView
from ..lists import arranging_pages, building, bulk_pages, cells
from ..notes import views as notes
from ..scope import viewer_of
from . import addresses, deeds, editing, exporting, listing, moving, record, versions
from .menus import MENUS


class RegisterViewSet(ViewSet):
    """Every screen of one register. Not Wagtail's `ModelViewSet`, whose views would write records on their own."""

    def __init__(self, register):
        super().__init__(
            register.code,
            register=register,
            icon=register.icon,
            url_prefix=f"r/{register.code}",
            url_namespace=addresses.namespace(register),
        )

    def get_common_view_kwargs(self, **kwargs):
        return super().get_common_view_kwargs(register=self.register, **kwargs)

    def get_urlpatterns(self):
        view = self.construct_view
        return [
            path("", view(listing.ListView), name="index"),
            path("results/", view(listing.ListView, results_only=True), name="index_results"),
            path("search/", view(listing.SearchView), name="search"),
            path("conditions/", view(building.ConditionsView), name="conditions"),
            path("arrange/", view(arranging_pages.ArrangeView), name="arrange"),
            path("bulk/", view(bulk_pages.StartView), name="bulk"),
            path("bulk/<public_id:key>/", view(bulk_pages.BulkPage), name="bulk_page"),
            path("views/save/", view(arranging_pages.SaveView), name="save_view"),
            path("views/delete/", view(arranging_pages.DeleteView), name="delete_view"),
            path("export/", view(exporting.ExportView), name="export"),
            path("new/", view(editing.CreateView), name="add"),
            path("choose/<slug:field>/", view(editing.ChooseView), name="choose"),
            path("recycle/", view(RecycleView), name="recycle"),
            path("<public_id:key>/seen/", view(SeenView), name="seen"),
            path("<public_id:key>/why/", view(WhyView), name="why"),
            path("<public_id:key>/", view(record.DetailsView), name="record"),
            path("<public_id:key>/related/", view(record.RelatedView), name="related"),
            path("<public_id:key>/timeline/", view(record.TimelineView), name="timeline"),
            path("<public_id:key>/compare/", view(versions.CompareView), name="compare"),
            path("<public_id:key>/reveal/", view(record.RevealView), name="reveal"),
            path("<public_id:key>/cell/<slug:field>/", view(cells.CellView), name="cell"),
            path("<public_id:key>/edit/", view(editing.EditView), name="edit"),
            *self.notes(),
            path("<public_id:key>/move/<slug:state>/", view(moving.MoveView), name="move"),
            path("<public_id:key>/void/", view(deeds.VoidView), name="void"),
            path("<public_id:key>/unvoid/", view(deeds.UnvoidView), name="unvoid"),
            path("<public_id:key>/restore/<int:version>/", view(deeds.RestoreView), name="restore"),
        ]

    def notes(self):
        """Files and comments of a record."""
        view, record_of, file, comment = (
            self.construct_view,
            "<public_id:key>",
            "<public_id:file>",
            "<public_id:comment>",
        )
        return [
            path(f"{record_of}/files/", view(notes.FilesView), name="files"),
            path(f"{record_of}/files/{file}/", view(notes.FileView), name="file"),
            path(f"{record_of}/files/{file}/small/", view(notes.ThumbnailView), name="thumbnail"),
            path(f"{record_of}/files/{file}/void/", view(notes.VoidFileView), name="void_file"),
            path(f"{record_of}/files/{file}/unvoid/", view(notes.ReturnFileView), name="return_file"),
            path(f"{record_of}/comments/", view(notes.CommentsView), name="comments"),
            path(f"{record_of}/comments/people/", view(notes.PeopleView), name="people"),
            path(f"{record_of}/comments/{comment}/edit/", view(notes.EditCommentView), name="edit_comment"),
            path(
                f"{record_of}/comments/{comment}/withdraw/", view(notes.WithdrawCommentView), name="withdraw_comment"
            ),
        ]

    def register_menu_item(self):
        """The groups of the menu hold the entries: see `register_menus`."""


class MadeViewSet(RegisterViewSet):
    """The same screens for the registers that people make: which one is meant, the address says at each request."""

    def __init__(self):
        ViewSet.__init__(self, addresses.MADE)

    def construct_view(self, view_class, **kwargs):
        def view(request, code, **parts):
            try:
                register = catalogue.get(code)
            except KeyError as error:
                raise Http404 from error
            given = {"register": register, "icon": register.icon} | kwargs
            given = {name: value for name, value in given.items() if hasattr(view_class, name)}
            return view_class.as_view(**given)(request, **parts)

        return view

    def addresses(self):
        """What stands below `/admin/`."""
        return path("r/<slug:code>/", include((self.get_urlpatterns(), addresses.MADE), namespace=addresses.MADE))


class RegisterMenuItem(MenuItem):
    """Shown to whoever sees the register. Its label is asked for at each request, in the reader's language."""

    def __init__(self, register):
        url = addresses.list_url(register)
        super().__init__("", url, name=f"register-{register.code}", icon_name=register.icon, order=register.order)
        self.register = register

    @property
    def label(self):
        return capfirst(self.register.label_plural)

    @label.setter
    def label(self, _value):
        """Given by the register."""

    def is_shown(self, request):
        return self.register.seen_by(viewer_of(request.user))


class RegisterMenu(SubmenuMenuItem):
    """The registers of one group; a single one that the reader sees stands in the menu by itself."""

    def render_component(self, request):
        shown = self.menu.menu_items_for_request(request)
        if len(shown) == 1:
            return shown[0].render_component(request)
        return super().render_component(request)


def register_viewsets():
    return [RegisterViewSet(register) for register in catalogue.declared()]


def menus():
    """[RegisterMenu] of the groups that have registers at this moment."""
    found = []
    offered = [register for register in catalogue.registers() if register.offered]
    for code, (label, icon, order) in MENUS.items():
        items = [RegisterMenuItem(register) for register in offered if register.menu == code]
        if items:
            found.append(RegisterMenu(label, Menu(items=items), name=f"menu-{code}", icon_name=icon, order=order))
    return found
