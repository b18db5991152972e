"""The list of a register: Wagtail's listing frame around one plain loop over the readers."""

from django.http import JsonResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import Button, HeaderButton

from . import addresses, pages, searches
from .filters import Filters
from .frame import RegisterFrame

# Parameters that belong to one page of a list and not to the list.
PLACE = ("after", "before", "p", "_w_filter_fragment")


class Listing:
    """What stands in a list now: the rows the viewer may see, of the chosen site, narrowed, found and sorted."""

    def __init__(self, register, viewer, data, query=""):
        self.register, self.viewer, self.query = register, viewer, query
        self.filters = Filters(register, viewer, data)
        self.sorting = pages.Sorting.of(register, data.get("ordering"))

    @cached_property
    def known(self):
        return self.register.at_site(self.register.visible(self.viewer), self.viewer)

    @cached_property
    def rows(self):
        rows = self.filters.narrow(self.known)
        return self.register.finding(rows, self.query) if self.query else rows

    @property
    def narrowed(self):
        return bool(self.query) or self.filters.active

    def described(self):
        """What narrows the list, in one line. The query itself is left out: it may be a telephone."""
        parts = [self.filters.described(), _("search") if self.query else ""]
        return "; ".join(part for part in parts if part)


class ListView(RegisterFrame):
    """The list; `results_only` answers with the part below the header, for Wagtail's `w-swap`."""

    results_only = False
    results_template_name = "registers/list_results.html"

    def get_template_names(self):
        return [self.results_template_name if self.results_only else "registers/list.html"]

    def get_page_title(self):
        return capfirst(self.register.label_plural)

    def get_breadcrumbs_items(self):
        return super().get_breadcrumbs_items()[:1] + [{"url": "", "label": self.get_page_title()}]

    def get(self, request, *args, **kwargs):
        data = request.GET
        self.token = data.get("s", "")
        self.listing = Listing(self.register, self.viewer, data, searches.kept(request.session, self.token))
        page = pages.turn(
            pages.fetched(self.listing.rows, self.register, self.register.list_columns),
            self.listing.sorting,
            after=data.get("after"),
            before=data.get("before"),
            known=self.register.visible(self.viewer),
        )
        return self.page(
            lines=self.lines(page.rows),
            heads=self.heads(),
            count=pages.capped_count(self.listing.rows),
            cap=pages.CAP,
            previous_url=page.before and self.address(before=page.before, p=max(self.number - 1, 1)),
            next_url=page.after and self.address(after=page.after, p=self.number + 1),
            number=self.number,
        )

    @cached_property
    def number(self):
        asked = self.request.GET.get("p", "")
        return int(asked) if asked.isdigit() and len(asked) < 7 else 1

    def address(self, **changes):
        """The address of this list with other parameters; an empty one is taken away."""
        query = self.request.GET.copy()
        for name in PLACE:
            query.pop(name, None)
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"{addresses.list_url(self.register)}?{query.urlencode()}"

    def heads(self):
        """One head for each column; `url` sorts by it, and is None where the column must not be sorted by."""
        sorting = self.listing.sorting
        for column in self.register.list_columns:
            up = down = False
            if sorting.name == column.name:
                up, down = not sorting.descending, sorting.descending
            wish = f"-{column.name}" if up else column.name
            sortable = pages.sort_expression(column) is not None
            yield {
                "label": capfirst(column.label),
                "css": css_of(column),
                "url": self.address(ordering=wish) if sortable else None,
                "sorted": "ascending" if up else "descending" if down else None,
            }

    def lines(self, rows):
        """One line for each row: its address, whether it is void, and [(css class, heading, text)]."""
        readers = self.register.readers(self.viewer, rows=rows)
        shown = [(column, read, css_of(column), capfirst(column.label)) for column, read in readers]
        return [
            {
                "url": addresses.record_url(row),
                "void": row.voided_at is not None,
                "cells": [(css, label, column.display(read(row))) for column, read, css, label in shown],
                "name": str(row),
            }
            for row in rows
        ]

    @cached_property
    def header_buttons(self):
        register, viewer = self.register, self.viewer
        buttons = []
        if register.may(viewer, "add"):
            label = _("Add %(what)s") % {"what": register.label}
            buttons.append(HeaderButton(label, addresses.list_url(register, "add"), icon_name="plus", priority=10))
        import_url = addresses.import_url(register) if register.may(viewer, "import") else None
        if import_url:
            buttons.append(HeaderButton(_("Import"), import_url, icon_name="upload", priority=20))
        return buttons

    @cached_property
    def header_more_buttons(self):
        if not self.register.may(self.viewer, "export"):
            return []
        url = self.address().replace("?", "export/?", 1)
        return [Button(_("Export this list"), url, icon_name="download")]

    # What Wagtail's own partial templates of a listing ask the view for

    @cached_property
    def active_filters(self):
        return self.listing.filters.active_filters(addresses.list_url(self.register, "index_results"))

    def get_context_data(self, **kwargs):
        register = self.register
        fragment = self.results_only and "_w_filter_fragment" in self.request.GET
        searched = [register.column(name).label for name in register.search]
        return super().get_context_data(
            view=self,
            listing=self.listing,
            index_url=addresses.list_url(register),
            index_results_url=addresses.list_url(register, "index_results"),
            filters=self.listing.filters,
            render_filters_fragment=fragment,
            render_buttons_fragment=self.results_only,
            searched=_(", ").join(str(label) for label in searched),
            search_url=addresses.list_url(register, "search"),
            token=self.token,
            ordering=self.request.GET.get("ordering", ""),
            clear_url=addresses.list_url(register),
            add_url=addresses.list_url(register, "add") if register.may(self.viewer, "add") else None,
            import_url=addresses.import_url(register) if register.may(self.viewer, "import") else None,
            media=self.listing.filters.form.media,
            **kwargs,
        )


def css_of(column):
    """How a cell of the column is set: numbers align right, values of a list stand out, dates do not break."""
    if column.kind in ("Amount", "Quantity", "Integer", "AmountRange", "AreaRange"):
        return "is-number"
    if column.kind == "Choice":
        return "is-choice"
    if column.kind in ("Moment", "Day", "Phone", "IdentityNumber"):
        return "is-plain"
    return ""


class SearchView(RegisterFrame):
    """Takes a query by POST and answers with the token that stands for it in addresses."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        query = request.POST.get("q", "").strip()[:100]
        return JsonResponse({"token": searches.keep(request.session, query) if query else ""})
