"""The list of a register: Wagtail's listing frame around one plain loop over the readers."""

from django.http import JsonResponse, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import Button, HeaderButton

from ..audit import looks
from ..audit.moments import PARAMETER
from ..audit.screens.moment import moment_context
from ..lists.arranging import SIZES
from ..lists.cells import editable
from ..lists.conditions import Group
from ..lists.listing import BUILT, ORDER, PLACE, SEARCH, VIEW, Listing, address_of
from ..lists.views import may_change, may_share
from ..scope import roles_of
from . import addresses, pages, searches
from .frame import RegisterFrame


class ListFrame(RegisterFrame):
    """A screen about the rows of a list, which its address describes."""

    @cached_property
    def listing(self):
        return Listing.asked(self.register, self.viewer, self.request.GET, self.request.session)

    @property
    def view(self):
        """The saved view that is open, or None."""
        return self.listing.arranged.view

    def parameters(self, **changes):
        """The parameters of this list with others; an empty one is taken away, and so is what was not understood."""
        query = QueryDict(mutable=True) if self.listing.problem else self.request.GET.copy()
        for name in PLACE:
            query.pop(name, None)
        if self.view is not None:
            query[VIEW] = self.view.public_id
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query.setlist(name, value if isinstance(value, list) else [value])
        return query.urlencode()

    def address(self, screen="index", **changes):
        return f"{addresses.list_url(self.register, screen)}?{self.parameters(**changes)}"

    def built(self, tree):
        """The parameter of the builder's `tree`; in a view an empty one must be said, or the view's would hold."""
        return address_of(tree, self.request.session) or ("{}" if self.view else "")

    @property
    def whole_url(self):
        """The list with nothing narrowed; a view that opens by itself has to be declined."""
        url = addresses.list_url(self.register)
        return f"{url}?{VIEW}=all" if self.listing.arranged.first else url


class ListView(ListFrame):
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
        data, listing = request.GET, self.listing
        page = listing.turned(
            listing.columns,
            after=data.get("after"),
            before=data.get("before"),
            last="last" in data,
            size=listing.size,
        )
        looks.in_list(self.register, self.viewer, page.rows, listing.columns)
        looks.found(self.register, self.viewer, listing.query, page.rows)
        exact = "exact" in data
        count = listing.counted(exact)
        return self.page(
            # A swapped part has no page of its own to say no with.
            422 if listing.problem and not self.results_only else 200,
            lines=self.lines(page.rows),
            heads=list(self.heads()),
            count=count,
            cap=None if exact else pages.CAP,
            totals=self.totals() if exact or count <= pages.CAP else [],
            exact_url=None if exact else self.address(exact="1"),
            previous_url=page.before and self.address(before=page.before, p=str(max(self.number - 1, 1))),
            next_url=page.after and self.address(after=page.after, p=str(self.number + 1)),
            first_url=self.address(),
            last_url=page.after and self.address(last="1"),
            is_last="last" in data,
            number=self.number,
        )

    @cached_property
    def number(self):
        asked = self.request.GET.get("p", "")
        return int(asked) if asked.isdigit() and len(asked) < 7 else 1

    def heads(self):
        """One head for each column; `url` sorts by it, and is None where the column must not be sorted by."""
        sorting = self.listing.sorting
        for column in self.listing.columns:
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

    def totals(self):
        """[(css, text)] for each column, empty when none of them is added up."""
        sums = self.listing.totals()
        if not any(value is not None for value in sums.values()):
            return []
        return [
            (css_of(column), column.display(sums[column.name]) if column.name in sums else "")
            for column in self.listing.columns
        ]

    def lines(self, rows):
        """One line for each row: its address, whether it is void, and [(css class, heading, text)]."""
        names = [column.name for column in self.listing.columns]
        readers = self.register.readers(self.viewer, names, rows)
        then = f"?{urlencode({PARAMETER: self.request.GET[PARAMETER]})}" if self.listing.moment else ""
        cells = set() if then else editable(self.register, self.viewer)
        shown = [
            (column, read, css_of(column), capfirst(column.label), column.name if column.name in cells else "")
            for column, read in readers
        ]
        return [
            {
                "url": addresses.record_url(row) + then,
                "void": row.voided_at is not None,
                "cells": [(css, label, column.display(read(row)), name) for column, read, css, label, name in shown],
                "name": str(row),
                "key": row.public_id,
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
        buttons = []
        if self.register.may(self.viewer, "export"):
            buttons.append(Button(_("Export this list"), self.address("export"), icon_name="download"))
        if self.register.may(self.viewer, "configure"):
            buttons.append(Button(_("Fields and options"), addresses.fields_url(self.register), icon_name="form"))
        if self.register.likeness and self.register.may(self.viewer, "change"):
            found = reverse("duplicates", args=[self.register.code])
            buttons.append(Button(_("Likely duplicates"), found, icon_name="copy"))
        buttons.append(Button(_("Voided records"), addresses.list_url(self.register, "recycle"), icon_name="bin"))
        return buttons

    def built_pills(self):
        """[(label, text, address without it)] of what the builder made."""
        built = self.listing.built
        if self.listing.problem or not built:
            return []
        if built.joined == "any" and len(built.parts) > 1:
            return [(built.label, built.text, self.address(**{BUILT: self.built(Group())}))]
        return [
            (part.label, part.text, self.address(**{BUILT: self.built(built.without(place))}))
            for place, part in enumerate(built.parts)
        ]

    def views(self):
        """[(name, address, whether it is open)]: the whole list, then the views on offer."""
        views = self.listing.arranged.views
        if not views:
            return []
        base = addresses.list_url(self.register)
        found = [(view.name, f"{base}?{VIEW}={view.public_id}", view is self.view) for view in views]
        return [(_("All records"), self.whole_url, self.view is None), *found]

    def selection(self):
        """What may be done with several rows at once."""
        may_change, may_void = (self.register.may(self.viewer, verb) for verb in ("change", "void"))
        selectable = (may_change or may_void) and not self.listing.moment
        url = self.address("bulk") if selectable else ""
        return {"selectable": selectable, "may_change": may_change, "may_void": may_void, "bulk_url": url}

    def dialogs(self):
        """What the dialogs of columns and views show. A swapped part has none."""
        if self.results_only:
            return {}
        register, view = self.register, self.view
        shared = {share.role: share for share in view.shares.all()} if view and view.shared else {}
        roles = roles_of(register) if may_share(register, self.viewer) else []
        return {
            "arranged": self.listing.arranged,
            "sizes": SIZES,
            "arrange_url": self.address("arrange"),
            "save_view_url": self.address("save_view"),
            "delete_view_url": self.address("delete_view"),
            "may_change_view": view is not None and may_change(register, self.viewer, view),
            "view_name": view.name if view else "",
            "view_opens_first": any(share.opens_first for share in shared.values()),
            "share_roles": [(code, label, code in shared) for code, label in roles],
        }

    # What Wagtail's own partial templates of a listing ask the view for

    @cached_property
    def active_filters(self):
        if self.listing.problem:
            return []
        return self.listing.filters.active_filters(
            lambda **rest: self.address("index_results", **rest, _w_filter_fragment="1")
        )

    def get_context_data(self, **kwargs):
        register = self.register
        fragment = self.results_only and "_w_filter_fragment" in self.request.GET
        searched = [column.label for column in register.searched if column.open_to(self.viewer)]
        known = {} if self.listing.problem else self.request.GET
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
            token=known.get(SEARCH, ""),
            kept={name: known.get(name, "") for name in (ORDER, BUILT)} | {VIEW: self.view and self.view.public_id},
            built_pills=self.built_pills(),
            builder_url=addresses.list_url(register, "conditions"),
            views=self.views(),
            **self.dialogs(),
            **self.selection(),
            **moment_context(self.listing.moment, self.address(**{PARAMETER: None})),
            clear_url=self.whole_url,
            add_url=addresses.list_url(register, "add") if register.may(self.viewer, "add") else None,
            import_url=addresses.import_url(register) if register.may(self.viewer, "import") else None,
            media=self.listing.filters.form.media,
            **kwargs,
        )


def css_of(column):
    """How a cell of the column is set: numbers align right, values of a list stand out, dates do not break."""
    if column.kind in ("Amount", "Area", "Quantity", "Integer", "AmountRange", "AreaRange"):
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
