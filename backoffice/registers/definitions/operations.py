"""What managers do with added fields: prepare, release, archive, and change into another kind.

Only who holds `configure` on a register adds to it. A field changes nothing until it is released; from that moment
it counts in every process, and what follows from it for rows already there is worked out by the worker.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.jobs import clock
from backoffice.jobs.events import emit

from .. import catalogue
from ..changes import Denied
from . import jobs, options
from .judging import WITH_OPTIONS, Judged, readers_of
from .models import FieldDefinition, Kind

OPTIONS = "options"
# Several values and long texts are found in other ways than by an order, and two values tell nothing apart.
NOT_INDEXED = (Kind.CHOICES, Kind.LONG_TEXT, Kind.YES_NO)


def may_define(register, viewer):
    """Managers who configure a register define its fields; the system itself does not."""
    return register.may(viewer, "configure")


def entitled(definition, viewer):
    """The register of `definition`; raises Denied where `viewer` does not define its fields."""
    register = catalogue.get(definition.register)
    if not may_define(register, viewer):
        raise Denied(f"{viewer.user} may not define fields of {register.code}.")
    return register


@transaction.atomic
def prepare(definition, values, viewer, options=None):
    """Takes down what the field shall become. `options` is [(code or "", label, English label, retired)].

    A field not yet released is simply written; one in force keeps working as it is until the next release. Raises
    Denied and ValidationError ({field: [messages]}).
    """
    register = entitled(definition, viewer)
    definition = afresh(definition) if definition.pk else definition
    values = Judged(definition, values, register).values
    if definition.released_at is None:
        _write_down(definition, values, viewer, options)
        return definition
    now = {name: getattr(definition, name) for name in FieldDefinition.DRAFTED}
    draft = {name: value for name, value in values.items() if name in now}
    draft = {
        name: value for name, value in (definition.draft | draft).items() if name == OPTIONS or value != now[name]
    }
    if options is not None and definition.kind in WITH_OPTIONS:
        draft[OPTIONS] = [list(option) for option in options]
        if draft[OPTIONS] == option_rows(definition):
            del draft[OPTIONS]
    definition.draft = draft
    explain(definition, viewer, "")
    return definition


def _write_down(definition, values, viewer, wished):
    for name, value in values.items():
        setattr(definition, name, value)
    if definition.pk is None:
        definition.created_by = viewer.user
        definition.position = FieldDefinition.objects.filter(register=definition.register).count()
    definition.validate_constraints()
    explain(definition, viewer, "")
    if wished is not None and definition.kind in WITH_OPTIONS:
        _keep_options(definition, wished, viewer, "")


def option_rows(definition):
    """[[code, label, English label, retired]] of the options in force."""
    entries = options.entries(definition.dictionary)
    return [[entry.code, entry.label, entry.label_en, entry.retired] for entry in entries]


def _keep_options(definition, wished, viewer, reason):
    """The options of a choice as entries of its dictionary. One that is left out is retired, never deleted."""
    known = {entry.code for entry in options.entries(definition.dictionary)}
    states, taken = {}, set(known)
    for position, (code, label, english, retired) in enumerate(wished):
        code = code if code in known else options.free_code(taken)
        taken.add(code)
        states[code] = {"label": label, "label_en": english, "retired": bool(retired), "position": position}
    gone = {code: {"retired": True} for code in known - set(states)}
    options.write(definition.dictionary, states | gone, viewer, reason)


def afresh(definition):
    """The definition as it stands now, held until the end of the transaction."""
    return FieldDefinition.objects.select_for_update().get(pk=definition.pk)


@transaction.atomic
def release(definition, viewer, reason=""):
    """Puts the field, or what was prepared for it, into force. Returns the Job for rows already there, or None."""
    register = entitled(definition, viewer)
    definition = afresh(definition)
    if definition.archived_at is not None:
        raise ValidationError(_("This field is archived. Bring it back first."))
    Judged(definition, {}, register)
    first, draft = definition.released_at is None, dict(definition.draft)
    if OPTIONS in draft:
        _keep_options(definition, draft.pop(OPTIONS), viewer, reason)
    if definition.kind in WITH_OPTIONS and not _has_options(definition):
        raise ValidationError(_("A choice needs at least one option."))
    for name, value in draft.items():
        setattr(definition, name, value)
    definition.draft = {}
    put_in_force(definition, viewer, reason)
    if definition.kind == Kind.COMPUTED and (first or "expression" in draft):
        return jobs.start_recompute(definition, viewer.user)
    found_otherwise = "searched" in draft or (definition.searched and "audience" in draft)
    return jobs.start_reindex(definition, viewer.user) if found_otherwise else None


def put_in_force(definition, viewer, reason):
    """Releases a definition that has been judged."""
    definition.released_at, definition.released_by = clock.now(), viewer.user
    definition.validate_constraints()
    explain(definition, viewer, reason)
    emit("definition.released", {"register": definition.register, "field": definition.key})
    return definition


def _has_options(definition):
    return any(not entry.retired for entry in options.entries(definition.dictionary))


@transaction.atomic
def discard(definition, viewer):
    """Drops what was prepared and not released; a field that was never in force goes away whole."""
    entitled(definition, viewer)
    definition = afresh(definition)
    if definition.released_at is None:
        definition.archived_at = clock.now()
    definition.draft = {}
    explain(definition, viewer, _("Draft discarded"))


@transaction.atomic
def archive(definition, viewer, reason):
    """Takes the field out of every screen, file and answer. Rows and their history keep its values."""
    entitled(definition, viewer)
    definition = afresh(definition)
    refuse_while_read(definition)
    if definition.replaced_by_id:
        raise ValidationError(_("Its values are being copied. Wait until that is done."))
    retire(definition, viewer, reason)


def refuse_while_read(definition):
    """Raises ValidationError while a formula in force reads the field."""
    readers = readers_of(definition)
    if readers:
        told = {"field": readers[0].named()}
        raise ValidationError(_("The formula of “%(field)s” reads this field. Archive that one first.") % told)


def retire(definition, viewer, reason):
    """Archives a definition of which somebody asked whether that may be."""
    definition.archived_at = clock.now()
    explain(definition, viewer, reason)
    if definition.searched:
        jobs.start_reindex(definition, viewer.user)
    if definition.indexed_at:
        jobs.start_indexing(definition, viewer.user)


@transaction.atomic
def bring_back(definition, viewer, reason):
    """Puts an archived field into force again, with the values rows still hold."""
    register = entitled(definition, viewer)
    definition = afresh(definition)
    definition.archived_at = definition.replaced_by = None
    Judged(definition, {}, register)
    definition.validate_constraints()
    explain(definition, viewer, reason)
    if definition.kind == Kind.COMPUTED and definition.released_at:
        jobs.start_recompute(definition, viewer.user)
    if definition.searched and definition.released_at:
        jobs.start_reindex(definition, viewer.user)


@transaction.atomic
def index(definition, viewer, wanted=True):
    """Has the worker build an index of the field's values, or drop it. Returns the Job."""
    entitled(definition, viewer)
    definition = afresh(definition)
    if not definition.in_force or definition.kind in NOT_INDEXED:
        raise ValidationError(_("Fields of this kind are not indexed."))
    definition.index_wanted = wanted
    explain(definition, viewer, _("Index wanted") if wanted else _("Index no longer wanted"))
    return jobs.start_indexing(definition, viewer.user)


@transaction.atomic
def arrange(register, viewer, places):
    """Puts added fields where `places` ([(key, section)], in order) says. It counts at once: no value changes."""
    if not may_define(register, viewer):
        raise Denied(f"{viewer.user} may not define fields of {register.code}.")
    found = {d.key: d for d in FieldDefinition.objects.select_for_update().filter(register=register.code)}
    for position, (key, section) in enumerate(places):
        definition = found.get(key)
        if definition is None or (definition.position, definition.section) == (position, section):
            continue
        definition.position, definition.section = position, section
        definition.draft = {n: v for n, v in definition.draft.items() if n not in ("position", "section")}
        explain(definition, viewer, _("Order changed"))


def explain(definition, viewer, reason):
    definition._history_user = viewer.user
    definition._change_reason = reason[:100]
    definition.save()
