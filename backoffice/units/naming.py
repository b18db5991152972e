"""The buildings that unit codes name. A list of units brings along the buildings nobody has entered yet."""

import re

from django.utils.translation import gettext as _

from backoffice.registers import catalogue, changes
from backoffice.registers.changes import Refusal, Write

from .models import Building, Project


class Buildings:
    """The buildings of one act's units: their codes, and which one each unit code names."""

    def __init__(self, writes):
        keys = {_number(write.values.get("building")) for write in writes}
        keys |= {write.row.building_id for write in writes if write.row is not None}
        self.codes = dict(Building.rows.filter(pk__in=keys - {None, ""}).values_list("pk", "code")) if writes else {}
        self.wanted = {}

    def stated_code(self, write):
        """The code of the building the write itself names, or ""."""
        return self.codes.get(_number(write.values.get("building")), "")

    def code_of(self, write):
        """The code of the building the unit will stand in, or ""."""
        kept = self.codes.get(write.row.building_id, "") if write.row is not None else ""
        return self.stated_code(write) or ("" if write.values.get("building", kept) in (None, "") else kept)

    def put(self, index, write, code):
        """Notes that the unit of `write` stands in the building `code` of its site."""
        if self.code_of(write) == code:
            return
        site = _number(write.values.get("site")) or (write.row.site_id if write.row is not None else None)
        if site:
            self.wanted.setdefault((site, code), []).append((index, write))

    def resolve(self, act):
        """Puts the building into every write that waits for one; refusals of those whose building nobody knows."""
        if not self.wanted:
            return []
        found = _living(self.wanted)
        missing = [place for place in self.wanted if place not in found]
        listed = [place for place in missing if all(write.source[1] for _index, write in self.wanted[place])]
        register = catalogue.get("building")
        if listed and (register.may(act.viewer, "add") or register.may(act.viewer, "import")):
            found |= _enter(register, listed, act)
        refusals = []
        for place, waiting in self.wanted.items():
            for index, write in waiting:
                if place in found:
                    write.values["building"] = found[place]
                else:
                    message = _("There is no building %(code)s at this site. Add it first.") % {"code": place[1]}
                    refusals.append(Refusal(index, "unit_code", "unknown_building", message))
        return refusals


def unknown(values, site):
    """What an import of new units with these staged `values` enters on its way: the buildings nobody has entered."""
    named = {str(row.get("unit_code", "")).partition("-")[0] for row in values} - {""}
    living = {code for _site, code in _living([(site.pk, code) for code in named])} if named else set()
    return [("building", sorted(named - living, key=_natural))]


def _number(value):
    return getattr(value, "pk", value)


def _living(places):
    """{(site, code): row number} of the buildings there are."""
    rows = Building.rows.filter(
        voided_at=None, site__in={site for site, _code in places}, code__in={code for _site, code in places}
    )
    return {(site, code): key for key, site, code in rows.values_list("pk", "site", "code")}


def _enter(register, places, act):
    """Enters buildings that a list names, as an act of the same person; those of the only project of a site in it."""
    projects = {}
    for site, key in Project.rows.filter(voided_at=None, site__in={site for site, _code in places}).values_list(
        "site", "pk"
    ):
        projects[site] = None if site in projects else key
    writes = [
        Write(values={"site": site, "code": code, "project": projects.get(site)})
        for site, code in sorted(places, key=lambda place: (place[0], _natural(place[1])))
    ]
    changes.apply(register, writes, act=act.on_the_way())
    return {(write.row.site_id, write.row.code): write.row.pk for write in writes}


def _natural(code):
    """2 before 11: figures compare as numbers."""
    return [(0, int(piece), "") if piece.isdigit() else (1, 0, piece) for piece in re.findall(r"\d+|\D+", code)]
