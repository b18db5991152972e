"""Changing what a field holds: a new field takes over what of the old one's values can be read as the new kind.

Values are read the way cells of a spreadsheet are, so that “约3人” is no number here either. Nothing is lost: the old
field is archived with all it holds, the copy is one change set, and both can be taken back.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backoffice.jobs.models import Job
from backoffice.jobs.queue import enqueue

from .. import catalogue, dictionaries
from ..access.rules import NONE, rule_of
from ..changes import Write, open_change_set
from ..imports.known import SiteKnown
from ..imports.resources import CellWidget
from ..scope import system_viewer
from ..sheets.kinds.base import CellRefused, Context
from ..sheets.messages import REFUSALS
from . import operations, options
from .columns import column_of
from .jobs import in_the_name_of_the_system
from .judging import WITH_OPTIONS
from .models import FieldDefinition, Kind, new_key

CONVERT = "definitions.convert"
TARGETS = (
    Kind.TEXT, Kind.LONG_TEXT, Kind.INTEGER, Kind.QUANTITY, Kind.AMOUNT, Kind.DAY, Kind.MOMENT, Kind.YES_NO,
    Kind.CHOICE, Kind.CHOICES, Kind.STAFF,
)  # fmt: skip
# How many rows a preview reads, how many reasons and examples it shows, and how many options texts may become.
LOOKED_AT, REASONS, EXAMPLES, MOST_OPTIONS = 5000, 8, 3, 100
AND = "、"
KEPT = ("label_en", "help_text", "help_text_en", "section", "position", "audience")


class NotConverted(Exception):
    """A value that the new kind does not know, with the reason as a sentence."""


def targets(definition):
    """[(kind, label)] that values of `definition` may be copied to; a formula's result is nobody's to convert, and
    what a rule masks or keeps would lose the rule with its key."""
    if definition.kind == Kind.COMPUTED or not definition.in_force or definition.replaced_by_id:
        return []
    if rule_of(catalogue.get(definition.register), definition.key) != NONE:
        return []
    return [(kind.value, capfirst(kind.label)) for kind in TARGETS if kind != definition.kind]


class Converter:
    """Reads values of the column `old` as `kind`, a definition of that kind. With `codes` ({label: code}) they become
    options."""

    def __init__(self, old, definition, codes):
        self.old, self.codes = old, codes
        self.many = definition.kind == Kind.CHOICES
        self.new = None if definition.kind in WITH_OPTIONS else column_of(old.register, definition)
        if self.new is not None:
            known = SiteKnown(_Borrowed(old.register, self.new), None, system_viewer(None))
            self.widget, self.context = CellWidget(self.new), Context(known)

    def text(self, row):
        """The old value as somebody would type it."""
        with translation.override("zh-hans"):
            value = self.old.get(row)
            if isinstance(value, Decimal):
                return f"{value:f}"
            if self.old.field.is_relation:
                return self.old.target.name_of(value, system_viewer(None), {value.pk}) if value is not None else ""
            return value if isinstance(value, str) and not self.old.dictionary else self.old.display(value)

    def value(self, row):
        """What the new field holds of `row`, None for nothing. Raises NotConverted."""
        text = self.text(row).strip()
        if not text:
            return None
        if self.new is None:
            return self._options(text)
        try:
            found = self.widget.clean(text, context=self.context)
            if found in (None, "", []):
                return None
            return found if self.new.field.is_relation else self.new.field.clean(found, None)
        except CellRefused as refused:
            told = {"field": self.old.label, "original": text[:60], **refused.params}
            raise NotConverted(str(REFUSALS.get(refused.code, refused.code)) % told) from refused
        except ValidationError as error:
            raise NotConverted(" ".join(error.messages)) from error

    def _options(self, text):
        words = text.split(AND) if self.many or self.old.many else [text]
        if len(words) > 1 and not self.many:
            raise NotConverted(_("A single choice holds one value only."))
        unknown = [word for word in words if word not in self.codes]
        if unknown:
            raise NotConverted(
                _("“%(word)s” is too long for an option, or there are too many.") % {"word": unknown[0]}
            )
        return [self.codes[word] for word in words] if self.many else self.codes[words[0]]


class _Borrowed:
    """The register with the new column in it, before that is in force."""

    def __init__(self, register, new):
        self.register, self.new = register, new

    def column(self, name):
        return self.new if name == self.new.name else self.register.column(name)


@dataclass
class Preview:
    """What a conversion would do with the first rows: numbers, and refused values by reason with examples."""

    looked_at: int = 0
    total: int = 0
    converted: int = 0
    refused: int = 0
    reasons: Counter = field(default_factory=Counter)
    examples: dict = field(default_factory=dict)

    def refuse(self, reason, text):
        self.refused += 1
        self.reasons[reason] += 1
        found = self.examples.setdefault(reason, [])
        if len(found) < EXAMPLES and text not in found:
            found.append(text)

    def wrong(self):
        """[(reason, how many, [examples])], the most frequent first."""
        return [(reason, count, self.examples[reason]) for reason, count in self.reasons.most_common(REASONS)]


def holding(column):
    """The living rows whose field holds something, in their order."""
    rows = column.register.with_columns(column.register.model.rows.filter(voided_at=None), [column])
    return rows.filter(**{f"{column.path}__isnull": False}).order_by("pk")


def preview(old, kind):
    """The Preview of converting the column `old` to `kind`."""
    trial = FieldDefinition(key=new_key(), register=old.register.code, kind=kind, label=old.definition.label)
    rows = list(holding(old)[:LOOKED_AT])
    old.gather(rows)
    converter = Converter(old, trial, _codes_of(old, rows, kind) if kind in WITH_OPTIONS else {})
    found = Preview(looked_at=len(rows), total=holding(old).count())
    for row in rows:
        try:
            converter.value(row)
            found.converted += 1
        except NotConverted as reason:
            found.refuse(str(reason), converter.text(row)[:60])
    return found


def _codes_of(old, rows, kind):
    """{label: code} of the options that the values of `rows` become; those of an old choice keep their codes."""
    if old.dictionary:
        with translation.override("zh-hans"):
            return {label: code for code, label in dictionaries.all_choices(old.dictionary)}
    texts = (Converter(old, FieldDefinition(kind=kind), {}).text(row).strip() for row in rows)
    words = Counter(word for text in texts for word in (text.split(AND) if kind == Kind.CHOICES else [text]))
    words = [word for word, _count in words.most_common() if word and len(word) <= 40][:MOST_OPTIONS]
    return {word: f"o{number}" for number, word in enumerate(words, 1)}


@transaction.atomic
def start(definition, kind, viewer, reason):
    """Makes the new field, in force beside the old one until everything is copied, and queues the copying. Returns
    the new FieldDefinition. Raises Denied and ValidationError."""
    register = operations.entitled(definition, viewer)
    definition = operations.afresh(definition)
    if kind not in dict(targets(definition)):
        raise ValidationError(_("This field cannot be changed into that kind."))
    operations.refuse_while_read(definition)
    old = register.fields[definition.key]
    label = _("%(field)s (being copied)") % {"field": definition.label[:30]}
    new = FieldDefinition(register=register.code, kind=kind, created_by=viewer.user, label=label)
    for name in KEPT:
        setattr(new, name, getattr(definition, name))
    new.validate_constraints()
    operations.explain(new, viewer, reason)
    if kind in WITH_OPTIONS:
        _copy_options(old, new, viewer, reason)
    new = operations.put_in_force(new, viewer, reason)
    definition.replaced_by = new
    operations.explain(definition, viewer, reason)
    why = _("“%(field)s” becomes: %(kind)s") % {"field": definition.label, "kind": new.get_kind_display()}
    change_set = open_change_set(register, in_the_name_of_the_system(f"{why}. {reason}"))
    payload = {"old": definition.key, "reason": reason, "change_set": change_set.pk}
    enqueue(CONVERT, payload, owner=viewer.user, idempotency_key=job_key(definition))
    return new


def progress_of(definition):
    """The Job that copies the values of `definition`, or None."""
    return Job.objects.filter(idempotency_key=job_key(definition)).first() if definition.replaced_by_id else None


def job_key(definition):
    return f"{CONVERT}:{definition.key}:{definition.replaced_by.key}"


def _copy_options(old, new, viewer, reason):
    if old.dictionary:
        states = {
            entry.code: {name: getattr(entry, name) for name in options.ATTRIBUTES}
            for entry in options.entries(old.dictionary)
        }
    else:
        codes = _codes_of(old, holding(old).iterator(chunk_size=1000), new.kind)
        states = {code: {"label": label, "position": place} for place, (label, code) in enumerate(codes.items())}
    if not states:
        raise ValidationError(_("There is no value yet from which options could be made."))
    options.write(new.dictionary, states, viewer, reason)


def writes(converter, rows, definition):
    """[Write] of those of `rows` whose value can be read as the new kind."""
    converter.old.gather(rows)
    found = []
    for row in rows:
        try:
            value = converter.value(row)
        except NotConverted:
            continue
        if value is not None:
            found.append(Write(row=row, values={definition.replaced_by.key: value}))
    return found


def converter_of(definition):
    """The Converter of a conversion under way."""
    register = catalogue.get(definition.register)
    new, codes = definition.replaced_by, {}
    if new.kind in WITH_OPTIONS:
        codes = {entry.label: entry.code for entry in options.entries(new.dictionary)}
    return Converter(register.fields[definition.key], new, codes)


def complete(definition, viewer, reason):
    """Everything is copied: the old field leaves, the new one takes its name."""
    new, label = definition.replaced_by, definition.label
    operations.retire(definition, viewer, reason)
    new.label, new.required = label, definition.required
    operations.explain(new, viewer, reason)
