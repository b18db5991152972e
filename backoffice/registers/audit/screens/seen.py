"""Who has seen this person: every look at the personal data of one record."""

from django.http import Http404
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from ...models import Access
from ...screens import addresses
from ...screens.record import RecordTab
from .. import looks
from ..entitled import may_see_looks

SIZE = 50


class SeenView(RecordTab):
    tab = "seen"
    template_name = "audit/seen.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not may_see_looks(self.register, self.row, self.viewer, self.may("configure")):
            raise Http404

    def get(self, request, *args, **kwargs):
        looks.file()
        before = request.GET.get("before", "")
        rows = looks.on_record(self.register, self.row)
        if before.isdigit() and len(before) < 19:
            rows = rows.filter(pk__lt=int(before))
        found = list(rows[: SIZE + 1])
        here = addresses.record_url(self.row, "seen")
        return self.page(
            lines=[self.line(look) for look in found[:SIZE]],
            newest_url=here if before else "",
            older_url=f"{here}?{urlencode({'before': found[SIZE - 1].pk})}" if len(found) > SIZE else "",
        )

    def line(self, look):
        fields = self.register.fields_for(self.viewer)
        names = [str(capfirst(fields[name].label)) for name in look.fields if name in fields]
        return {
            "at": look.at,
            "who": get_user_display_name(look.actor),
            "what": capfirst(Access.Kind(look.kind).label),
            "listed": look.rows if look.row is None else None,
            "fields": _(", ").join(names),
            "reason": look.reason,
            "origin": " · ".join(filter(None, [look.address, look.device, look.token])),
        }
