"""Whether a field may become what a manager wishes: every rule about definitions, each with its sentence."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .. import catalogue
from ..forms import half_width
from ..imports.resources import headings_of
from ..scope import roles_of
from ..sheets.signs import fold
from . import formulas, known
from .columns import column_of, to_json
from .models import FieldDefinition, Kind

FORMULA_GIVES = (Kind.QUANTITY, Kind.AMOUNT, Kind.INTEGER, Kind.TEXT, Kind.DAY, Kind.YES_NO)
ONCE_UNIQUE = (Kind.TEXT, Kind.INTEGER, Kind.QUANTITY, Kind.AMOUNT, Kind.DAY)
WITH_OPTIONS = (Kind.CHOICE, Kind.CHOICES)
WITH_DEFAULT = (*ONCE_UNIQUE, Kind.LONG_TEXT, Kind.YES_NO)


class Judged:
    """The values of one definition as they may be stored, and `mistakes` by field."""

    def __init__(self, definition, values, register):
        self.definition, self.register = definition, register
        self.values, self.mistakes = dict(values), {}
        for judge in (self.kind, self.label, self.formula, self.target, self.unique, self.search, self.audience):
            judge()
        if not self.mistakes:
            self.default()
        if self.mistakes:
            raise ValidationError(self.mistakes)

    def wished(self, name):
        """What `name` shall be: as given now, as prepared before, or as it stands."""
        prepared = self.definition.draft.get(name, getattr(self.definition, name))
        return self.values.get(name, prepared)

    @property
    def released(self):
        return self.definition.released_at is not None

    def kind(self):
        if self.wished("kind") not in Kind.values:
            self.mistakes["kind"] = _("Please choose what the field holds.")
        elif self.released and self.wished("kind") != self.definition.kind:
            self.mistakes["kind"] = _("A field in force keeps its kind. Change it through “Change kind”.")

    def label(self):
        label = self.wished("label").strip()
        if not label:
            self.mistakes["label"] = _("Please give the field a name.")
            return
        # Files would not say which of the two a column means.
        taken = {fold(word): column for column in self.register.own_fields.values() for word in headings_of(column)}
        for name in ("label", "label_en"):
            column = taken.get(fold(self.wished(name) or ""))
            if column is not None:
                self.mistakes[name] = _("People call the field “%(field)s” so.") % {"field": column.label}

    def formula(self):
        if self.wished("kind") != Kind.COMPUTED:
            return
        self.values |= {"required": False, "unique": False, "default": None}
        if self.wished("gives") not in FORMULA_GIVES:
            self.mistakes["gives"] = _("Please say what the formula gives.")
        elif self.released and self.wished("gives") != self.definition.gives:
            self.mistakes["gives"] = _("A field in force keeps its kind. Change it through “Change kind”.")
        try:
            self.values["expression"] = formulas.tidy(self.wished("expression"), self.register)
        except ValidationError as error:
            self.mistakes["expression"] = error.messages

    def target(self):
        if self.wished("kind") != Kind.RECORD:
            return
        if self.wished("target") not in {register.code for register in catalogue.registers()}:
            self.mistakes["target"] = _("Please choose the register it points to.")
        elif self.released and self.wished("target") != self.definition.target:
            self.mistakes["target"] = _("A field in force keeps pointing to the same register.")

    def unique(self):
        if not self.wished("unique"):
            return
        if self.wished("kind") not in ONCE_UNIQUE:
            self.mistakes["unique"] = _("Only texts, numbers and dates can be unique.")
        elif self.released and not self.definition.unique:
            self.mistakes["unique"] = _(
                "A field in force cannot become unique; add a new one and convert the values."
            )

    def search(self):
        if not self.wished("searched"):
            return
        if self.wished("kind") != Kind.TEXT:
            self.mistakes["searched"] = _("The search finds texts of one line.")

    def audience(self):
        audience = set(self.wished("audience") or [])
        if audience - {code for code, _label in roles_of(self.register)}:
            self.mistakes["audience"] = _("Please choose among the roles that see this register.")
        elif self.wished("kind") == Kind.COMPUTED and "expression" not in self.mistakes:
            for name in formulas.fields_of(self.values["expression"]):
                self.narrower(audience, self.register.column(name))
        elif self.definition.pk:
            for reader in readers_of(self.definition):
                self.covers(audience, reader)

    def narrower(self, audience, column):
        """A formula shows what it reads: whoever sees the result must be allowed to see the field."""
        allowed = column.audience
        if allowed and not (audience and audience <= allowed):
            self.mistakes["audience"] = _("The formula reads “%(field)s”, which not all of these roles may see.") % {
                "field": column.label
            }

    def covers(self, audience, reader):
        if audience and not (reader.audience and set(reader.audience) <= audience):
            self.mistakes["audience"] = _("“%(field)s” reads this field and is seen by more roles.") % {
                "field": reader.named()
            }

    def default(self):
        if self.wished("default") in (None, "", []):
            if "default" in self.values:
                self.values["default"] = None
            return
        kind = self.wished("kind")
        trial = FieldDefinition(key=self.definition.key, kind=kind, register=self.register.code, required=True)
        if kind not in WITH_DEFAULT:
            self.mistakes["default"] = _("A field of this kind starts empty.")
            return
        try:
            given = self.wished("default")
            given = half_width(given) if isinstance(given, str) and kind != Kind.LONG_TEXT else given
            self.values["default"] = to_json(column_of(self.register, trial).field.clean(given, None))
        except ValidationError as error:
            self.mistakes["default"] = error.messages


def readers_of(definition):
    """[FieldDefinition] of the computed fields in force whose formula reads `definition`."""
    added = known.added_to(catalogue.get(definition.register)).values()
    return [
        column.definition
        for column in added
        if column.computed and definition.key in formulas.fields_of(column.definition.expression)
    ]
