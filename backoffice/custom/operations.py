"""What managers do with registers of their own: prepare, release, close, open again.

A definition changes nothing until it is released. From that moment the register is there in every process.
"""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.jobs import clock
from backoffice.jobs.events import emit
from backoffice.registers import catalogue
from backoffice.registers.changes import Denied
from backoffice.registers.definitions import operations as added
from backoffice.registers.definitions.models import FieldDefinition
from backoffice.registers.scope import Viewer

from .models import RegisterDefinition
from .plans import Judged, Plan, judge_code
from .rights import may_make


def entitled(viewer):
    if not may_make(viewer):
        raise Denied(f"{viewer.user} may not make registers.")


@transaction.atomic
def prepare(definition, plan, viewer):
    """Takes down what the register shall become. Raises Denied and ValidationError ({field: [messages]})."""
    entitled(viewer)
    if definition.pk is None:
        judge_code(definition.code)
        definition.created_by = viewer.user
    else:
        definition = afresh(definition)
    if definition.released_at:
        plan = replace(plan, fields=Plan.read(definition.plan).fields)
    Judged(plan)
    _states_in_use(definition, plan)
    definition.draft = plan.written()
    if definition.draft == definition.plan:
        definition.draft = {}
    return explain(definition, viewer, "")


def _states_in_use(definition, plan):
    """A state that records are in cannot go."""
    register = catalogue.get(definition.code) if definition.released_at else None
    if register is None:
        return
    held = set(register.model.rows.filter(voided_at=None).order_by().values_list("state", flat=True).distinct())
    left = held - {state.code for state in plan.states} - {""}
    if left:
        names = ", ".join(str(state.name) for state in register.plan.states if state.code in left)
        raise ValidationError({"states": _("Records are still in the state “%(states)s”.") % {"states": names}})
    if plan.states and "" in held:
        raise ValidationError({"states": _("There are records without a state already.")})


@transaction.atomic
def release(definition, viewer, reason=""):
    """Puts what was prepared into force. Returns the definition."""
    entitled(viewer)
    definition = afresh(definition)
    if not definition.draft:
        raise ValidationError(_("Nothing was prepared."))
    if definition.closed_at is not None:
        raise ValidationError(_("This register is closed. Open it again first."))
    plan, first = Plan.read(definition.draft), definition.released_at is None
    Judged(plan)
    _states_in_use(definition, plan)
    _put_in_force(definition, plan, viewer, reason)
    if first and plan.fields:
        fields = [one | {"key": _add_field(definition, one, place, viewer)} for place, one in enumerate(plan.fields)]
        _put_in_force(definition, replace(plan, fields=tuple(fields)), viewer, reason)
    emit("definition.released", {"register": definition.code, "field": ""})
    return definition


def _put_in_force(definition, plan, viewer, reason):
    definition.plan, definition.draft = plan.written(), {}
    definition.released_at, definition.released_by = clock.now(), viewer.user
    definition.version += 1
    explain(definition, viewer, reason)


def _add_field(definition, one, place, viewer):
    """One field of the first release, made like any field that a manager adds. Returns its key."""
    # Whoever makes the register says what it holds, even where another role will be in charge of it.
    maker = Viewer(user=viewer.user, everything=True)
    field = FieldDefinition(register=definition.code, kind=one["kind"], position=place)
    values = {name: one.get(name, "") for name in ("kind", "label", "label_en", "help_text", "target")}
    values |= {"required": bool(one.get("required")), "searched": one["kind"] == "text"}
    options = [("", label, "", False) for label in one.get("options", ())]
    field = added.prepare(field, values, maker, options or None)
    added.release(field, maker, _("With the register"))
    return field.key


@transaction.atomic
def discard(definition, viewer):
    """Drops what was prepared; a register that never was in force goes away whole."""
    entitled(viewer)
    definition = afresh(definition)
    if definition.released_at is None:
        definition._history_user, definition._change_reason = viewer.user, _("Draft discarded")
        definition.delete()
        return None
    definition.draft = {}
    return explain(definition, viewer, _("Draft discarded"))


@transaction.atomic
def close(definition, viewer, reason):
    """Makes the register an archive: read, searched and exported, but written no more."""
    return _turn(definition, viewer, reason, clock.now())


@transaction.atomic
def reopen(definition, viewer, reason):
    return _turn(definition, viewer, reason, None)


def _turn(definition, viewer, reason, closed_at):
    entitled(viewer)
    definition = afresh(definition)
    if definition.released_at is None:
        raise ValidationError(_("Only a register in force can be closed."))
    definition.closed_at = closed_at
    definition.version += 1
    return explain(definition, viewer, reason)


def afresh(definition):
    """The definition as it stands now, held until the end of the transaction."""
    return RegisterDefinition.objects.select_for_update().get(pk=definition.pk)


def explain(definition, viewer, reason):
    definition._history_user = viewer.user
    definition._change_reason = reason[:100]
    definition.save()
    return definition
