"""Setting the rules of fields: what a manager may say about a field, and what stays as the product declares it.

A declared mask is never loosened here. What a record is called and found by, whose it is and where it stands, is
neither hidden nor masked: lists, rights and spreadsheets live by it.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backoffice.jobs.queue import enqueue

from ..changes import Denied
from ..definitions import formulas
from ..definitions.jobs import REINDEX
from ..masks import MASKS, fitting
from ..models import Access
from ..scope import roles_of
from .models import FieldRule

PARTS = ("seen_by", "changed_by", "mask")


def may_rule(register, viewer):
    """Managers who configure a register say who sees and sets its fields; the system itself does not."""
    return register.may(viewer, "configure") and not viewer.everything


def bears_records(column):
    """Whether records are named, found, owned or placed by the field."""
    register = column.register
    return column.name in {register.title_field, register.scope.own, register.scope.site, *register.key}


def offered(column):
    """Which of PARTS may be said about `column`."""
    parts = set(PARTS)
    if not column.on_model and column.definition.replaced_by_id:
        # Its values are being copied into a field that would not have the rule.
        return set()
    if bears_records(column):
        parts -= {"seen_by", "mask"}
    if column.required or not column.on_model:
        # A new record cannot be without it; of an added field its own page says for whom it exists.
        parts.discard("seen_by")
    if column.computed:
        parts.discard("changed_by")
    if getattr(column.field, "mask_kind", "") or column.field.choices or not fitting(column.kind):
        parts.discard("mask")
    return parts


@transaction.atomic
def put(register, name, values, viewer, reason=""):
    """Says `values` ({"seen_by": [role], "changed_by": [role], "mask": name}) about one field; what is left out
    stays. Returns the FieldRule. Raises Denied, and ValidationError ({part: [messages]})."""
    if not may_rule(register, viewer) or name not in register.fields_for(viewer):
        raise Denied(f"{viewer.user} may not rule over {name} of {register.code}.")
    column = register.column(name)
    rule, _new = FieldRule.objects.select_for_update().get_or_create(register=register.code, field=name)
    before = in_words(column, rule)
    found_by = (rule.seen_by, rule.mask)
    for part in offered(column) & set(values):
        setattr(rule, part, values[part] if part == "mask" else sorted(set(values[part])))
    _judge(column, rule, viewer)
    rule.save()
    after = in_words(column, rule)
    if after != before:
        told = f"{capfirst(column.label)}: {after}" + (f" ({reason})" if reason else "")
        Access.objects.create(
            kind=Access.Kind.RULE, actor=viewer.user, register=register.code, fields=[name], reason=told[:200], rows=0
        )
    if (rule.seen_by, rule.mask) != found_by and column.name in {found.name for found in register.searched}:
        enqueue(REINDEX, {"register": register.code}, owner=viewer.user)
    return rule


def _judge(column, rule, viewer):
    mistakes = {}
    roles = {code for code, _label in roles_of(column.register)}
    for part in ("seen_by", "changed_by"):
        if set(getattr(rule, part)) - roles:
            mistakes[part] = _("Please choose among the roles that see this register.")
    if rule.seen_by and not {seat.role for seat in viewer.seats} & {"", *rule.seen_by}:
        mistakes["seen_by"] = _("Leave yourself among them: nobody hides a field from themselves.")
    audience = set(rule.seen_by) or set(column.audience if not column.on_model else ())
    if audience and set(rule.changed_by) - audience:
        mistakes["changed_by"] = _("Who sets a field must also see it.")
    if rule.mask and rule.mask not in {mask.code for mask in fitting(column.kind)}:
        mistakes["mask"] = _("This mask does not fit what the field holds.")
    for reader in _formulas_reading(column):
        told = {"field": reader.label}
        if rule.mask:
            mistakes["mask"] = _("The formula of “%(field)s” reads this field and would show what it hides.") % told
        if rule.seen_by and not (reader.audience and reader.audience <= set(rule.seen_by)):
            mistakes["seen_by"] = _("“%(field)s” reads this field and is seen by more roles.") % told
    if mistakes:
        raise ValidationError({part: [sentence] for part, sentence in mistakes.items()})


def _formulas_reading(column):
    """The computed Columns in force whose formula reads `column`."""
    others = column.register.fields.values()
    return [
        other
        for other in others
        if not other.on_model and other.computed and column.name in formulas.fields_of(other.definition.expression)
    ]


def in_words(column, rule):
    """The rule in one line, in the active language."""
    labels = dict(roles_of(column.register))

    def names(roles):
        return "、".join(str(label) for code, label in labels.items() if code in roles)

    told = []
    if rule.seen_by:
        told.append(_("exists for %(roles)s") % {"roles": names(rule.seen_by)})
    if rule.changed_by:
        told.append(_("set by %(roles)s") % {"roles": names(rule.changed_by)})
    if rule.mask:
        told.append(_("masked as %(mask)s") % {"mask": MASKS[rule.mask].label})
    return "; ".join(told) or _("as the product declares it")
