"""Who makes registers: a right of its own, because a new register belongs to none of the systems there are."""

from backoffice.organisation.roles import Role

MAKE = "custom.make_registerdefinition"
MAKERS = (Role.SM, Role.HR, Role.SYS)


def granted(role):
    """The right to make registers, for the groups of the roles."""
    return {MAKE} if role in MAKERS else set()


def may_make(viewer):
    return viewer.everything or any(MAKE in seat.permissions for seat in viewer.seats)
