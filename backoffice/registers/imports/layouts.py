"""The layout of a register's spreadsheets, derived from its declaration."""

from dataclasses import replace

from .. import catalogue
from ..describe import in_languages
from ..sheets.layout import Layout, LayoutField, fold_heading
from .resources import headings_of, resource_of


def layout_of(register, viewer):
    """The `sheets.Layout` of `register` for `viewer`. The site is never read from a file: it is chosen with the
    upload."""
    derived = {
        name: LayoutField(
            name,
            kind=field.widget.kind,
            headings=headings_of(register.column(name)),
            required=register.column(name).required,
        )
        for name, field in resource_of(register).fields.items()
        if register.column(name).open_to(viewer)
    }
    names = [name for part in register.parts for name in in_languages(part.label_plural).values()]
    beside = frozenset(fold_heading(name) for name in names)
    if register.sheet is None:
        keys = [tuple(register.key)] if register.key else []
        return Layout(register.code, list(derived.values()), keys=keys, beside=beside)
    closed = set(register.fields) - set(register.fields_for(viewer))
    fields = [field for field in register.sheet.fields if field.name not in closed]
    told = [_as_declared(field, derived.pop(field.name, None), register) for field in fields]
    return replace(register.sheet, fields=[*told, *derived.values()], beside=beside)


def _as_declared(told, derived, register):
    """A field of the register's own layout, with the words of its label and the values of its dictionary."""
    if told.name not in register.fields:
        return told
    words = [*told.headings, *headings_of(register.column(told.name))]
    return replace(told, kind=derived.kind if derived else told.kind, headings=list(dict.fromkeys(words)))


def importable(code, viewer):
    """The register called `code` when `viewer` may import into it, else None: unknown and denied look alike."""
    try:
        register = catalogue.get(code)
    except KeyError:
        return None
    return register if register.seen_by(viewer) and register.may(viewer, "import") and register.key else None


def sites_for(register, viewer):
    """The sites for which `viewer` may import; none where the register knows no sites."""
    name = register.scope.site
    if name not in register.fields:
        return []
    rows = register.column(name).field.related_model.rows.filter(voided_at=None)
    if not viewer.everything:
        held = {seat.site for seat in viewer.seats_that(register, "import")}
        rows = rows if None in held else rows.filter(pk__in=held)
    return list(rows.order_by("pk"))
