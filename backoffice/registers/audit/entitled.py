"""Who may see who has seen a person."""

from .log import VIEW


def may_see_looks(register, row, viewer, configures):
    """Who reads the audit log of the record's site, and who configures the register for the record, as `configures`
    says."""
    if not any(column.personal for column in register.fields_for(viewer).values()):
        return False
    if configures:
        return True
    path = register.scope.site
    site = register.column(path).raw(row) if path in register.own_fields else None
    return any(seat.site in (None, site) for seat in viewer.seats if VIEW in seat.permissions)
