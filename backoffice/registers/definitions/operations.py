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
from ..models import DictionaryEntry
from . import formulas, jobs
from .columns import column_of, to_json
from .models import FieldDefinition, Kind

FORMULA_GIVES = (Kind.QUANTITY, Kind.AMOUNT, Kind.INTEGER, Kind.TEXT, Kind.DAY, Kind.YES_NO)
ONCE_UNIQUE = (Kind.TEXT, Kind.INTEGER, Kind.QUANTITY, Kind.AMOUNT, Kind.DAY)
WITH_OPTIONS = (Kind.CHOICE, Kind.CHOICES)


def may_define(register, viewer):
    """Managers who configure a register define its fields; the system itself does not."""
    return register.may(viewer, "configure")


def _entitled(definition, viewer):
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
    register = _entitled(definition, viewer)
    definition = _afresh(definition) if definition.pk else definition
    values = _judged(definition, values, register)
    if definition.released_at is None:
        for name, value in values.items():
            setattr(definition, name, value)
        if definition.pk is None:
            definition.created_by = viewer.user
        definition.validate_constraints()
    else:
        now = {name: getattr(definition, name) for name in FieldDefinition.DRAFTED}
        definition.draft = {name: value for name, value in values.items() if name in now and value != now[name]}
    _explain(definition, viewer, "")
    if options is not None and definition.kind in WITH_OPTIONS:
        _keep_options(definition, options)
    return definition


def _afresh(definition):
    """The definition as it stands now, held until the end of the transaction."""
    return FieldDefinition.objects.select_for_update().get(pk=definition.pk)


def _judged(definition, values, register):
    """`values` as they may be stored. Raises ValidationError by field."""
    mistakes = {}
    kind = values.get("kind", definition.kind)
    if definition.released_at is not None and kind != definition.kind:
        mistakes["kind"] = _("A field in force keeps its kind. Change it through “Change kind”.")
    if not values.get("label", definition.label).strip():
        mistakes["label"] = _("Please give the field a name.")
    if kind == Kind.COMPUTED:
        values |= {"required": False, "unique": False, "default": None}
        if values.get("gives", definition.gives) not in FORMULA_GIVES:
            mistakes["gives"] = _("Please say what the formula gives.")
        try:
            values["expression"] = formulas.tidy(values.get("expression", definition.expression), register)
        except ValidationError as error:
            mistakes["expression"] = error.messages
    if kind == Kind.RECORD and values.get("target", definition.target) not in _targets():
        mistakes["target"] = _("Please choose the register it points to.")
    if values.get("unique") and kind not in ONCE_UNIQUE:
        mistakes["unique"] = _("Only texts, numbers and dates can be unique.")
    if values.get("unique") and definition.released_at is not None and not definition.unique:
        mistakes["unique"] = _("A field in force cannot become unique; add a new one and convert the values.")
    if values.get("default") not in (None, "") and not mistakes:
        mistakes |= _judge_default(definition, values, register, kind)
    if mistakes:
        raise ValidationError(mistakes)
    return values


def _targets():
    return {register.code for register in catalogue.registers()}


def _judge_default(definition, values, register, kind):
    trial = FieldDefinition(key=definition.key, kind=kind, register=register.code, target=definition.target)
    try:
        values["default"] = to_json(column_of(register, trial).field.clean(values["default"], None))
    except ValidationError as error:
        return {"default": error.messages}
    return {}


def _keep_options(definition, options):
    """The options of a choice as entries of its dictionary. One that is left out is retired, never deleted."""
    known = {entry.code: entry for entry in DictionaryEntry.objects.filter(dictionary=definition.dictionary)}
    kept = set()
    for position, (code, label, english, retired) in enumerate(options):
        entry = known.get(code) or DictionaryEntry(
            dictionary=definition.dictionary, code=_free_code(known, kept, position)
        )
        entry.label, entry.label_en, entry.retired, entry.position = label, english, retired, position
        entry.save()
        kept.add(entry.code)
    for code in known.keys() - kept:
        known[code].retired = True
        known[code].save()


def _free_code(known, kept, position):
    number = position + 1
    while f"o{number}" in known or f"o{number}" in kept:
        number += 1
    return f"o{number}"


@transaction.atomic
def release(definition, viewer, reason=""):
    """Puts the field, or what was prepared for it, into force. Returns the Job that works out a formula, or None."""
    register = _entitled(definition, viewer)
    definition = _afresh(definition)
    if definition.kind in WITH_OPTIONS and not _has_options(definition):
        raise ValidationError(_("A choice needs at least one option."))
    changed = set(definition.draft)
    first = definition.released_at is None
    for name, value in definition.draft.items():
        setattr(definition, name, value)
    definition.draft = {}
    definition.archived_at = None
    definition.released_at, definition.released_by = clock.now(), viewer.user
    definition.validate_constraints()
    _explain(definition, viewer, reason)
    emit("definition.released", {"register": register.code, "field": definition.key})
    if definition.kind == Kind.COMPUTED and (first or "expression" in changed):
        return jobs.start_recompute(definition, viewer.user)
    return None


def _has_options(definition):
    return DictionaryEntry.objects.filter(dictionary=definition.dictionary, retired=False).exists()


@transaction.atomic
def archive(definition, viewer, reason):
    """Takes the field out of every screen, file and answer. Rows and their history keep its values."""
    _entitled(definition, viewer)
    definition = _afresh(definition)
    definition.archived_at = clock.now()
    _explain(definition, viewer, reason)


@transaction.atomic
def bring_back(definition, viewer, reason):
    """Puts an archived field into force again, with the values rows still hold."""
    _entitled(definition, viewer)
    definition = _afresh(definition)
    definition.archived_at = None
    definition.validate_constraints()
    _explain(definition, viewer, reason)


def _explain(definition, viewer, reason):
    definition._history_user = viewer.user
    definition._change_reason = reason[:100]
    definition.save()
