"""The site switcher: which of the sites a person works at the lists show."""

from .authority import sites_of
from .models import SalesSite

KEY = "site"


def choices(viewer):
    """The open sites `viewer` works at, by code."""
    allowed = sites_of(viewer)
    rows = SalesSite.rows.filter(voided_at=None, is_open=True).order_by("code")
    return rows if allowed is None else rows.filter(pk__in=allowed)


def has_choice(viewer):
    """Whether there is anything to switch; costs no query for somebody who works at one site."""
    allowed = sites_of(viewer)
    return (allowed is None or len(allowed) > 1) and choices(viewer).count() > 1


def chosen(request, viewer):
    """The row number of the site chosen in this session; None for all of them. No query."""
    allowed = sites_of(viewer)
    if allowed is not None and len(allowed) == 1:
        return next(iter(allowed))
    number = request.session.get(KEY)
    return number if number and (allowed is None or number in allowed) else None


def choose(request, viewer, public_id):
    """Chooses the site `public_id`, or all sites with "". Raises SalesSite.DoesNotExist for one not worked at."""
    if not public_id:
        request.session.pop(KEY, None)
        viewer.site = chosen(request, viewer)
        return None
    site = choices(viewer).get(public_id=public_id)
    request.session[KEY] = viewer.site = site.pk
    return site
