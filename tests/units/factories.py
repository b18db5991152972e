"""Projects, buildings and units for tests, made through the door."""

from backoffice.units.models import Building, Unit
from tests.organisation import factories as org


def building(code="1", *, site=None, **values):
    """The building `code` of the main site, or of `site`; made when it is first asked for."""
    site = site or org.site()
    found = Building.rows.filter(site=site, code=code, voided_at=None).first()
    return found or org.write("building", {"site": site, "code": code} | values)


def unit(code="1-1-101", *, site=None, **values):
    """A unit of 89.50 ㎡, its building made with it."""
    site = site or org.site()
    building(code.split("-")[0], site=site)
    made = org.write("unit", {"site": site, "unit_code": code, "gross_area": "89.50"} | values)
    return Unit.rows.get(pk=made.pk)
