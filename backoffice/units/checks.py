"""What must hold between projects, buildings and units. Each check judges one row or many alike.

Source: systems.md 25, "Invariants" and "States".
"""

from django.utils.translation import gettext as _

from backoffice.registers.changes import Refusal

from .models import Building, SalesState, Unit

# Before these a unit belongs to nobody and may be taken out of the books; after them it is somebody's.
FREE = {SalesState.REGISTERED, SalesState.AVAILABLE, SalesState.WITHDRAWN}
# In these no sale has been offered yet, so that no permit is needed.
BEFORE_SALE = {SalesState.REGISTERED, SalesState.WITHDRAWN, SalesState.RESERVED}


def _living(writes):
    return [
        (index, write.row) for index, write in enumerate(writes) if write.row is not None and not write.row.is_void
    ]


def areas_agree(register, writes):
    """Neither the inner nor the shared area is larger than the whole."""
    for index, row in _living(writes):
        for name in ("inner_area", "shared_area"):
            part = getattr(row, name)
            if part is not None and row.gross_area is not None and part > row.gross_area:
                yield Refusal(index, name, "order", _("This area is larger than the gross floor area."))


def permit_before_sale(register, writes):
    """Nothing is offered for sale before its presale permit."""
    for index, row in _living(writes):
        if row.state not in BEFORE_SALE and not row.presale_permit_no:
            yield Refusal(
                index, "presale_permit_no", "missing_required", _("Without a presale permit a unit is not for sale.")
            )


def same_site(name):
    """A check that what the field `name` points to stands at the same site."""

    def check(register, writes):
        message = _("This entry belongs to another sales site.")
        return [
            Refusal(index, name, "site", message)
            for index, row in _living(writes)
            if {name, "site"} & set(writes[index].values)
            and (target := getattr(row, name, None)) is not None
            and target.site_id != row.site_id
        ]

    return check


def free_before_void(register, writes):
    """A unit that somebody holds or has bought stays in the books."""
    message = _("This unit is held or sold. It cannot be made void.")
    return [
        Refusal(index, None, "in_use", message)
        for index, write in enumerate(writes)
        if write.action == "void" and write.row.state not in FREE
    ]


def empty_before_void(model, name):
    """A check that nothing living in `model` points to a row by `name` when it becomes void or changes its site."""

    def check(register, writes):
        leaving = {
            write.row.pk: index
            for index, write in enumerate(writes)
            if write.row is not None
            and write.row.pk
            and (write.action == "void" or (write.action == "save" and "site" in write.values))
        }
        if not leaving:
            return []
        used = model.rows.filter(voided_at=None, **{f"{name}__in": leaving}).values_list(name, flat=True).distinct()
        message = _("Other records still belong to this one. Move or void them first.")
        return [Refusal(leaving[key], None, "in_use", message) for key in used]

    return check


buildings_leave_first = empty_before_void(Building, "project")
units_leave_first = empty_before_void(Unit, "building")
