"""The layout of a register's spreadsheets, derived from its declaration."""

from .. import catalogue
from ..sheets.layout import Layout, LayoutField
from .resources import headings_of, resource_of


def layout_of(register):
    """The `sheets.Layout` of `register`. The site is never read from a file: it is chosen with the upload."""
    fields = [
        LayoutField(
            name,
            kind=field.widget.kind,
            headings=headings_of(register.column(name)),
            required=register.column(name).required,
        )
        for name, field in resource_of(register).fields.items()
    ]
    return Layout(register.code, fields, keys=[tuple(register.key)] if register.key else [])


def importable(code, viewer):
    """The register called `code` when `viewer` may import into it, else None: unknown and denied look alike."""
    try:
        register = catalogue.get(code)
    except KeyError:
        return None
    return register if register.seen_by(viewer) and register.may(viewer, "import") and register.key else None
