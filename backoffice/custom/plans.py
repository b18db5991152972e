"""What a manager says about a register: its plan, read from JSON and judged with a sentence for every mistake."""

import re
from dataclasses import asdict, dataclass, field, fields

from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backoffice.organisation.roles import Role, read_cell
from backoffice.registers import catalogue
from backoffice.registers.screens.menus import MENUS

CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
STATE = re.compile(r"[a-z0-9]{1,20}")
# What may stand before the digits of a number.
PREFIX = re.compile(r"[A-Z0-9]{0,8}")
ICONS = ("list-ul", "tag", "form", "doc-full", "calendar", "user", "key", "globe", "clipboard-list", "pick")
# Columns of the table that a register may use or leave, in the order of its form.
OPTIONAL = ("owner", "day", "amount")
MOST_STATES, MOST_FIELDS = 12, 40


@dataclass(frozen=True)
class Name:
    """A word in both languages; English is optional."""

    zh: str = ""
    en: str = ""

    def __str__(self):
        return self.en if self.en and (get_language() or "").startswith("en") else self.zh

    @property
    def lazy(self):
        return lazy(self.__str__, str)()


@dataclass(frozen=True)
class State:
    code: str
    name: Name


@dataclass(frozen=True)
class Move:
    """A step from one state to another: the words on its button, and the roles that may take it; none named means
    everybody who may change the record."""

    source: str
    target: str
    name: Name
    roles: tuple = ()


@dataclass(frozen=True)
class Plan:
    """One version of a register. `uses` is {column: Name} of the optional columns, `rights` {role: cell} as in the
    permission matrix, `fields` what the first release adds: [{"kind", "label", "label_en", "required", "listed",
    "options", "key"}], where `key` is filled in by the release."""

    label: str = ""
    label_en: str = ""
    icon: str = "list-ul"
    menu: str = "records"
    title: Name = Name()
    uses: dict = field(default_factory=dict)
    at_site: bool = True
    prefix: str = ""
    by_site: bool = True
    by_year: bool = True
    width: int = 4
    states: tuple = ()
    moves: tuple = ()
    section: str = ""
    key: tuple = ("title",)
    newest_first: bool = True
    rights: dict = field(default_factory=dict)
    fields: tuple = ()

    @classmethod
    def read(cls, data):
        """The plan that `written()` gave."""
        known = {one.name for one in fields(cls)}
        told = {name: value for name, value in data.items() if name in known}
        names = {column: Name(**name) for column, name in told.get("uses", {}).items()}
        states = [State(s["code"], Name(**s["name"])) for s in told.get("states", ())]
        moves = [Move(m["source"], m["target"], Name(**m["name"]), tuple(m["roles"])) for m in told.get("moves", ())]
        return cls(
            **told
            | {"title": Name(**told.get("title", {})), "uses": names, "states": tuple(states), "moves": tuple(moves)}
            | {"key": tuple(told.get("key", ("title",))), "fields": tuple(told.get("fields", ()))}
        )

    def written(self):
        """The plan as plain JSON."""
        return asdict(self)

    @property
    def named(self):
        return Name(self.label, self.label_en).lazy

    def pattern(self):
        """The pattern of the numbers, for `jobs.numbering`."""
        parts = [self.prefix, "{code}" if self.by_site and self.at_site else "", "{year}" if self.by_year else ""]
        return "-".join([*filter(None, parts), "{n:0{width}d}"])

    def example(self, year, site="A"):
        """The first number there would be."""
        return self.pattern().format(code=site, year=year, n=1, width=self.width)

    def state(self, code):
        return next((state for state in self.states if state.code == code), None)


class Judged:
    """Collects every mistake of a plan: `mistakes` is {field: [sentences]}. Raises ValidationError when there is
    one."""

    def __init__(self, plan):
        self.plan, self.mistakes = plan, {}
        for judge in (self.names, self.numbers, self.states, self.moves, self.key, self.rights, self.added):
            judge()
        if self.mistakes:
            raise ValidationError(self.mistakes)

    def say(self, name, sentence):
        self.mistakes.setdefault(name, []).append(sentence)

    def names(self):
        plan = self.plan
        if not plan.label.strip():
            self.say("label", _("Please give the register a name."))
        if not plan.title.zh.strip():
            self.say("title", _("Please say what a record is called by."))
        if plan.menu not in MENUS:
            self.say("menu", _("Please choose a group of the menu."))
        if plan.icon not in ICONS:
            self.say("icon", _("Please choose a sign."))
        if any(name not in OPTIONAL for name in plan.uses):
            self.say("uses", _("There is no such column."))

    def numbers(self):
        if not PREFIX.fullmatch(self.plan.prefix):
            self.say("prefix", _("Up to eight capital letters and digits."))
        if not 3 <= self.plan.width <= 8:
            self.say("width", _("Between three and eight digits."))

    def states(self):
        found = self.plan.states
        if len(found) == 1 or len(found) > MOST_STATES:
            self.say("states", _("Between two and %(most)d states, or none.") % {"most": MOST_STATES})
        if len({state.code for state in found}) < len(found) or len({state.name.zh for state in found}) < len(found):
            self.say("states", _("Two states have the same name."))
        if any(not STATE.fullmatch(state.code) or not state.name.zh.strip() for state in found):
            self.say("states", _("Every state needs a name."))

    def moves(self):
        codes = {state.code for state in self.plan.states}
        seen = set()
        for move in self.plan.moves:
            if move.source not in codes or move.target not in codes or move.source == move.target:
                self.say("moves", _("A step leads from one state to another."))
            if (move.source, move.target) in seen:
                self.say("moves", _("The same step is there twice."))
            seen.add((move.source, move.target))
            for role in move.roles:
                if "change" not in self._verbs(role):
                    told = {"role": _role(role), "step": str(move.name) or move.target}
                    self.say("moves", _("%(role)s takes the step “%(step)s” but may not edit records.") % told)
        if codes and not self.plan.moves:
            self.say("moves", _("Please add at least one step between the states."))

    def _verbs(self, role):
        return read_cell(self.plan.rights.get(role, "-")).verbs(role)

    def key(self):
        if not self.plan.key or len(set(self.plan.key)) < len(self.plan.key):
            self.say("key", _("Please choose by what an imported row is recognised."))
        elif unknown := set(self.plan.key) - {"number", "title", *self.plan.uses}:
            self.say("key", _("“%(field)s” is not among the columns in use.") % {"field": ", ".join(unknown)})

    def rights(self):
        rights = {role: read_cell(text) for role, text in self.plan.rights.items()}
        if any(role not in Role.values for role in rights):
            self.say("rights", _("There is no such role."))
        elif not any("add" in cell.verbs(role) for role, cell in rights.items()):
            self.say("rights", _("Somebody has to be allowed to add records."))
        elif not any("g" in cell.letters for cell in rights.values()):
            self.say("rights", _("Somebody has to be in charge of the register."))
        if any(cell.letters and not cell.view for cell in rights.values()):
            self.say("rights", _("Whoever may do something has to see the records."))

    def added(self):
        if len(self.plan.fields) > MOST_FIELDS:
            self.say("fields", _("At most %(most)d fields at once.") % {"most": MOST_FIELDS})
        labels = [str(self.plan.title), *(name.zh for name in self.plan.uses.values())]
        labels += [one["label"] for one in self.plan.fields]
        labels += [_("number"), _("state"), _("sales site")]
        for label in sorted({label for label in labels if labels.count(label) > 1}):
            self.say("fields", _("Two columns are called “%(label)s”.") % {"label": label})


def _role(code):
    return Role(code).label if code in Role.values else code


def judge_code(code, own=None):
    """Raises ValidationError unless a register may be called `code` in addresses; it never changes again."""
    from .models import RegisterDefinition

    if not CODE.fullmatch(code) or len(code) > 30:
        raise ValidationError({"code": _("Small letters, digits and hyphens, beginning with a letter.")})
    taken = {register.code.replace("_", "-") for register in catalogue.declared()} | RESERVED
    if code in taken or RegisterDefinition.objects.filter(code=code).exclude(pk=own).exists():
        raise ValidationError({"code": _("Another register is called so.")})


# Words that stand in addresses of their own.
RESERVED = {"openapi", "new", "made"}
