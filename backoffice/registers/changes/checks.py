"""The checks every write passes: each value by its field, each key by the rows that are already there."""

from django.core.exceptions import ValidationError
from django.db.models import UniqueConstraint
from django.utils.translation import gettext_lazy as _

from ..definitions import derived
from ..numbering import numbers
from . import hashed_keys
from .act import Refusal


def clean_values(register, writes, act):
    """Cleans `write.values` in place by the model fields; returns the refusals of all rows."""
    refusals = []
    derived.set_aside(register, writes)
    refusals += [
        Refusal(index, name, "number_stays", why) for index, name, why in numbers.set_aside(register, writes)
    ]
    _fill_in(register, [write for write in writes if write.row is None], act)
    for complete in register.completions:
        refusals += complete(register, writes, act)
    known = _known_references(register, writes, act)
    for index, write in enumerate(writes):
        for name, value in list(write.values.items()):
            column = register.column(name)
            try:
                if column.field.is_relation:
                    write.values[name] = _reference(column, value, known[name], write.row)
                elif act.channel == "undo" and not column.on_model and value in (None, "", []):
                    # The record was there before the field, or before that was required.
                    continue
                else:
                    write.values[name] = column.field.clean(value, write.row)
            except ValidationError as error:
                refusals += [
                    Refusal(index, name, problem.code or "invalid", message)
                    for problem in error.error_list
                    for message in problem.messages
                ]
    return refusals


def _fill_in(register, writes, act):
    """What new rows need and nobody typed: the site where they must have one, whose they are when their maker sees
    no more than their own, every field left out by its default."""
    site = register.fields.get(register.scope.site)
    homeless = [write for write in writes if site and not site.field.null and not write.values.get(site.name)]
    home = site_for_new(register, act.viewer) if homeless else None
    for write in homeless:
        write.values[site.name] = home
    own, owner = register.fields.get(register.scope.own), owner_of_new(register, act.viewer) if writes else None
    for write in writes:
        if own and owner and own.name not in write.values:
            write.values[own.name] = owner
        for name, column in register.fields.items():
            # What exists for other roles only is left for them to fill in.
            if name not in write.values and not column.computed and column.open_to(act.viewer):
                write.values[name] = None if column.field.is_relation else column.field.get_default()


READ_ONLY = _("You may read this field, but not change it.")


def read_only(register, writes, act, asked, *, skip=()):
    """Refusals of the values that managers left to other roles to set. `asked` holds for each write the names that
    its writer gave; what follows from them is no wish of theirs."""
    if act.channel == "undo":
        return []
    kept = {name: column for name, column in register.fields.items() if column.kept_from(act.viewer)}
    return [
        Refusal(index, name, "read_only", str(READ_ONLY))
        for index, write in enumerate(writes)
        for name, column in kept.items()
        if index not in skip and name in write.values and name in asked[index] and _is_wish(column, write)
    ]


def _is_wish(column, write):
    """Whether the write gives `column` a value of its own: a new record starts with the default of a field, and may
    be given one that it cannot be without."""
    if write.action != "create":
        return True
    default = None if column.field.is_relation else column.field.get_default()
    return not column.required and column.raw(write.row) != default


def site_for_new(register, viewer):
    """The row number of the site a new record of `viewer` goes to: the chosen one, or the only one they work at."""
    sites = {seat.site for seat in viewer.seats_that(register, "add")}
    if viewer.site and (viewer.site in sites or None in sites or viewer.everything):
        return viewer.site
    if len(sites) == 1 and None not in sites:
        return sites.pop()
    only = list(register.column(register.scope.site).field.related_model.rows.values_list("pk", flat=True)[:2])
    return only[0] if len(only) == 1 else None


def owner_of_new(register, viewer):
    """The row number of the person a new record of `viewer` belongs to unless they say otherwise: themselves, where
    they see no further than their own records. Whoever sees more keeps records of others too."""
    own = register.fields.get(register.scope.own)
    if own is None or not own.field.is_relation or len(viewer.staff) != 1 or viewer.everything:
        return None
    reaches = {reach for seat in viewer.seats if (reach := register.reach(seat))}
    return next(iter(viewer.staff)) if reaches == {"own"} else None


def _known_references(register, writes, act):
    """{field name: {row number: object}} of the references the actor may make, one query for each field."""
    found = {}
    for name, column in register.fields.items():
        if not column.field.is_relation:
            continue
        keys = {getattr(write.values[name], "pk", write.values[name]) for write in writes if name in write.values}
        keys -= {None, ""}
        rows = column.field.related_model._base_manager.all()
        # What the system puts back in an undo was pointed to before; everybody else chooses among what they see.
        if column.target is not None and act.channel != "undo":
            rows = column.target.choosable(act.viewer)
        found[name] = rows.in_bulk(list(keys)) if keys else {}
    return found


def _reference(column, value, known, row):
    """The object a reference points to: one the actor may choose, or the one that stands there already."""
    key = getattr(value, "pk", value)
    if key in (None, ""):
        if not column.field.null:
            raise ValidationError(_("Please choose a value."), code="missing_required")
        return None
    if row is not None and column.raw(row) == key:
        return column.get(row)
    if key not in known or getattr(known[key], "is_void", False):
        raise ValidationError(_("This entry does not exist or is void."), code="unknown_reference")
    return known[key]


def unique_keys(register):
    """[(field names)] of the model's unique constraints: partial ones over rows not voided, and plain ones. Keys of
    a line within its record are judged with the record: see `lines`."""
    keys = [tuple(c.fields) for c in register.options.constraints if isinstance(c, UniqueConstraint) and c.fields]
    keys = [key for key in keys if register.of not in key]
    return keys + [(name,) for name, column in register.fields.items() if column.field.unique]


def duplicate_keys(register, writes, act, *, skip=()):
    """Refusals of rows whose unique key another row of the writes or of the table already holds.

    The message never says whose the other row is: a masked or foreign record must not be learnt from it.
    """
    refusals = []
    for names in unique_keys(register):
        columns = [register.column(name) for name in names]
        if hashed_keys.is_hashed(columns):
            refusals += [taken(index, names) for index in hashed_keys.taken(register, columns, writes, skip)]
            continue
        seen = {}
        for index, write in enumerate(writes):
            if index in skip or write.action == "void" or write.row is None:
                continue
            key = tuple(column.raw(write.row) for column in columns)
            if any(part in (None, "") for part in key):
                continue
            if key in seen:
                refusals.append(taken(index, names))
            seen[key] = index
        refusals += [taken(seen[key], names) for key in _taken_in_table(register, columns, seen, writes)]
    return refusals + [taken(index, (name,)) for index, name in derived.taken(register, writes, skip)]


def _taken_in_table(register, columns, seen, writes):
    if not seen:
        return
    last = columns[-1].field.attname
    others = register.model.rows.filter(**{f"{last}__in": {key[-1] for key in seen}})
    if not columns[-1].series:
        # A void row frees its key, and keeps its number.
        others = others.filter(voided_at=None)
    others = others.exclude(pk__in=[write.row.pk for write in writes if write.row is not None and write.row.pk])
    for found in others.values_list(*(column.field.attname for column in columns)):
        if tuple(found) in seen:
            yield tuple(found)


duplicate_keys.TAKEN = _("Another record already has this value. If it is not yours, ask the back office.")


def taken(index, names):
    """The refusal of a key that another record holds."""
    return Refusal(index, names[-1], "taken", str(duplicate_keys.TAKEN))
