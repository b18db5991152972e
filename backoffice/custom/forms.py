"""The form of a register: everything its manager says about it on one page."""

from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from backoffice.organisation.roles import NO_ADMIN, VIEWS, Role, read_cell
from backoffice.registers.definitions.models import Kind
from backoffice.registers.screens.menus import MENUS

from . import operations
from .models import Entry, RegisterDefinition
from .plans import ICONS, MOST_FIELDS, MOST_STATES, OPTIONAL, Move, Name, Plan, State
from .wording import LETTERS, REACH

# What a field of the first release may hold; the other kinds are added on the page of the fields.
OFFERED = (
    Kind.TEXT, Kind.LONG_TEXT, Kind.INTEGER, Kind.QUANTITY, Kind.AMOUNT, Kind.DAY, Kind.MOMENT, Kind.YES_NO,
    Kind.CHOICE, Kind.CHOICES, Kind.STAFF,
)  # fmt: skip
# The rights a new register is proposed with.
PROPOSED = {"GM": "A", "DIR": "A:x", "SM": "A:ceaxg", "DSM": "A:ce", "SS": "T:ce", "PC": "O:ce", "BO": "A:cex"}
# Roles that stand first in the table of rights; the others wait behind “more positions”.
USUAL = (Role.GM, Role.DIR, Role.SM, Role.DSM, Role.SS, Role.PC, Role.RC, Role.CSM, Role.BO, Role.FIN, Role.STK)
LEFT_OUT = {*NO_ADMIN, Role.AUD, Role.DEV}


@dataclass
class Right:
    """One line of the table of rights."""

    role: Role
    view: str
    letters: set

    def reaches(self):
        return [(value, words, value == self.view) for value, words in REACH.items()]

    def boxes(self):
        return [(letter, words, letter in self.letters) for letter, words in LETTERS.items()]


@dataclass
class FieldRow:
    """One line of the table of fields."""

    number: int
    label: str = ""
    kind: str = Kind.TEXT.value
    options: str = ""
    required: bool = False
    listed: bool = True

    def kinds(self):
        return [(kind.value, capfirst(kind.label), kind.value == self.kind) for kind in OFFERED]


@dataclass
class MoveRow:
    """One line of the table of steps."""

    number: int
    source: str = ""
    target: str = ""
    label: str = ""
    roles: tuple = ()
    states: list = field(default_factory=list)

    def sources(self):
        return [(state.code, state.name.zh, state.code == self.source) for state in self.states]

    def targets(self):
        return [(state.code, state.name.zh, state.code == self.target) for state in self.states]

    def boxes(self):
        return [(role.value, role.label, role.value in self.roles) for role in Role if role not in LEFT_OUT]


class PlanForm(forms.Form):
    """`save()` prepares what was filled in; what the rules refuse stands beside its part of the page."""

    label = forms.CharField(label=_("Name in Chinese"), max_length=30)
    label_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    code = forms.CharField(
        label=_("Word in addresses"),
        max_length=30,
        required=False,
        help_text=_("Small letters, such as gifts. It stays for ever; left empty, one is given."),
    )
    menu = forms.ChoiceField(label=_("Group of the menu"))
    icon = forms.ChoiceField(label=_("Sign"), widget=forms.RadioSelect)
    prefix = forms.CharField(
        label=_("Letters before the number"),
        max_length=8,
        required=False,
        help_text=_("Capital letters, such as LP."),
    )
    by_site = forms.BooleanField(label=_("Each sales site counts by itself"), required=False)
    by_year = forms.BooleanField(label=_("Begins again every year"), required=False)
    width = forms.IntegerField(label=_("Digits"), min_value=3, max_value=8)
    title = forms.CharField(
        label=_("What a record is called by"), max_length=20, help_text=_("Such as: name of the gift, key, subject.")
    )
    section = forms.CharField(label=_("Heading of the form"), max_length=20, required=False)
    use_owner = forms.BooleanField(label=_("A person in charge"), required=False)
    name_owner = forms.CharField(label=_("Name of the column"), max_length=20, required=False)
    use_day = forms.BooleanField(label=_("A date"), required=False)
    name_day = forms.CharField(label=_("Name of the column"), max_length=20, required=False)
    use_amount = forms.BooleanField(label=_("An amount of money"), required=False)
    name_amount = forms.CharField(label=_("Name of the column"), max_length=20, required=False)
    at_site = forms.BooleanField(
        label=_("Every record belongs to a sales site"),
        required=False,
        help_text=_("People of other sites do not see it."),
    )
    key = forms.MultipleChoiceField(
        label=_("When a list is imported, a line is the same record if these agree"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    newest_first = forms.BooleanField(label=_("Newest records first"), required=False)

    PLAIN = ("label", "label_en", "menu", "icon", "prefix", "by_site", "by_year", "width", "section", "at_site")

    def __init__(self, definition, viewer, data=None):
        self.definition, self.viewer = definition, viewer
        self.plan = Plan.read(definition.draft or definition.plan) if definition.pk else _proposed()
        self.row_errors = {}
        super().__init__(data, initial=self._initial(), use_required_attribute=False)
        self.fields["menu"].choices = [(code, label) for code, (label, _icon, _order) in MENUS.items()]
        self.fields["icon"].choices = [(icon, icon) for icon in ICONS]
        self.fields["key"].choices = [("title", _("what it is called by"))] + [
            (name, Entry._meta.get_field(name).verbose_name) for name in ("number", *OPTIONAL)
        ]
        if definition.pk:
            self.fields["code"].disabled = True

    def _initial(self):
        plan = self.plan
        initial = {name: getattr(plan, name) for name in (*self.PLAIN, "newest_first")}
        for name in OPTIONAL:
            initial |= {f"use_{name}": name in plan.uses, f"name_{name}": plan.uses.get(name, _DEFAULTS[name]).zh}
        return initial | {"code": self.definition.code, "title": plan.title.zh, "key": list(plan.key)}

    # The tables of the page: as posted, or as they stand

    def states(self):
        """[State] as filled in; new ones get the next free code."""
        if not self.is_bound:
            return list(self.plan.states)
        rows = zip(*(self.data.getlist(f"state_{part}") for part in ("code", "zh", "en")), strict=False)
        rows = [(code[:20], zh.strip()[:20], en.strip()[:40]) for code, zh, en in rows if zh.strip()][
            : MOST_STATES + 1
        ]
        return [State(code, Name(zh, en)) for code, zh, en in rows]

    def moves(self):
        """[MoveRow] as filled in."""
        states = self.states()
        if not self.is_bound:
            found = [(m.source, m.target, m.name.zh, m.roles) for m in self.plan.moves]
            return [MoveRow(number, *row, states) for number, row in enumerate(found)]
        parts = zip(*(self.data.getlist(f"move_{p}") for p in ("row", "source", "target", "label")), strict=False)
        return [
            MoveRow(place, source, target, label.strip()[:20], tuple(self.data.getlist(f"move_roles_{row}")), states)
            for place, (row, source, target, label) in enumerate(parts)
            if source and target
        ][:40]

    def blank_move(self):
        return MoveRow("new", states=self.states())

    def added(self):
        """[FieldRow] as filled in."""
        if not self.is_bound:
            return [_field_row(number, one) for number, one in enumerate(self.plan.fields)]
        parts = zip(*(self.data.getlist(f"field_{p}") for p in ("row", "label", "kind", "options")), strict=False)
        required, listed = self.data.getlist("field_required"), self.data.getlist("field_listed")
        return [
            FieldRow(place, label.strip()[:40], kind, options.strip()[:1000], row in required, row in listed)
            for place, (row, label, kind, options) in enumerate(parts)
            if label.strip()
        ][: MOST_FIELDS + 1]

    def blank_field(self):
        return FieldRow("new")

    def rights(self):
        """[Right] of every role: usual ones first, then the others that have rights here, then the rest."""
        found = [self._right(role) for role in Role if role not in LEFT_OUT]
        return sorted(found, key=lambda right: right.role not in USUAL and not right.view)

    def _right(self, role):
        if self.is_bound:
            view = self.data.get(f"view_{role.value}", "")
            return Right(role, view if view in VIEWS else "", set(self.data.getlist(f"letters_{role.value}")))
        cell = read_cell(self.plan.rights.get(role.value, "-"))
        return Right(role, cell.view, set(cell.letters))

    def usual_rights(self):
        return [right for right in self.rights() if right.role in USUAL or right.view]

    def other_rights(self):
        return [right for right in self.rights() if right.role not in USUAL and not right.view]

    # From the page to the plan

    def clean(self):
        cleaned = super().clean()
        for row in self.added():
            if row.kind not in {kind.value for kind in OFFERED}:
                raise ValidationError(_("Please choose what “%(field)s” holds."), params={"field": row.label})
            if row.kind in (Kind.CHOICE, Kind.CHOICES) and not _options(row.options):
                raise ValidationError(_("“%(field)s” needs options to choose from."), params={"field": row.label})
        return cleaned

    def wished(self):
        """The Plan of what was filled in."""
        given = self.cleaned_data
        uses = {
            name: Name(given[f"name_{name}"].strip() or _DEFAULTS[name].zh, self._english(name))
            for name in OPTIONAL
            if given[f"use_{name}"]
        }
        return Plan(
            **{name: given[name] for name in (*self.PLAIN, "newest_first")},
            title=Name(given["title"].strip(), self.plan.title.en if given["title"] == self.plan.title.zh else ""),
            uses=uses,
            states=tuple(self._numbered(self.states())),
            moves=self._steps(),
            key=tuple(name for name in ("number", "title", *OPTIONAL) if name in given["key"]),
            rights={r.role.value: _cell(r) for r in self.rights() if r.view or r.letters},
            fields=tuple(_told(row) for row in self.added()),
        )

    def _english(self, name):
        known = self.plan.uses.get(name, _DEFAULTS[name])
        return known.en if self.cleaned_data[f"name_{name}"].strip() == known.zh else ""

    def _numbered(self, states):
        """`states` with a code for those that have none; a code stays with its state for ever."""
        taken, number = {state.code for state in [*self.plan.states, *states]}, 1
        for state in states:
            if not state.code:
                while f"s{number}" in taken:
                    number += 1
                taken.add(f"s{number}")
                state = State(f"s{number}", state.name)
            yield state

    def _steps(self):
        return tuple(Move(row.source, row.target, Name(row.label), row.roles) for row in self.moves())

    def save(self):
        """The definition, prepared; None when a rule says no, with the reasons in the form."""
        if self.definition.pk is None:
            self.definition.code = self.cleaned_data["code"].strip() or free_code()
        try:
            return operations.prepare(self.definition, self.wished(), self.viewer)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                if name in self.fields:
                    self.add_error(name, messages)
                else:
                    self.row_errors[name] = messages
                    self.add_error(None, messages)
        return None


_DEFAULTS = {
    "owner": Name("经办人", "Person in charge"),
    "day": Name("日期", "Date"),
    "amount": Name("金额", "Amount"),
}


def _proposed():
    """What a new register starts with."""
    return Plan(
        rights=PROPOSED, title=Name("名称", "Name"), uses={"owner": _DEFAULTS["owner"], "day": _DEFAULTS["day"]}
    )


def free_code():
    """A word for addresses that no register has yet."""
    taken, number = set(RegisterDefinition.objects.values_list("code", flat=True)), 1
    while f"book-{number}" in taken:
        number += 1
    return f"book-{number}"


def _field_row(number, one):
    options = "、".join(one.get("options", ()))
    return FieldRow(number, one["label"], one["kind"], options, bool(one.get("required")), bool(one.get("listed")))


def _told(row):
    found = {"kind": row.kind, "label": row.label, "required": row.required, "listed": row.listed}
    return found | ({"options": _options(row.options)} if row.kind in (Kind.CHOICE, Kind.CHOICES) else {})


def _options(text):
    """The options somebody wrote in a row: parted by 、 or by commas."""
    for sign in ("，", ",", "；", ";", "\n"):
        text = text.replace(sign, "、")
    return list(dict.fromkeys(option.strip()[:40] for option in text.split("、") if option.strip()))


def _cell(right):
    letters = "".join(letter for letter in "ceaxg" if letter in right.letters)
    return (right.view or "-") + (f":{letters}" if letters else "")
