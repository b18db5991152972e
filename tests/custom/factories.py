"""A register that a manager made: gifts handed out, with states, numbers and fields of its own."""

from backoffice.custom import operations
from backoffice.custom.models import RegisterDefinition
from backoffice.custom.plans import Move, Name, Plan, State
from backoffice.registers import catalogue
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org

RIGHTS = {"SM": "A:ceaxg", "BO": "A:cex", "DIR": "A:x", "SS": "T:ce", "PC": "O:ce", "STK": "A:e", "FIN": "A"}
ASKED, HANDED_OUT, SETTLED = "s1", "s2", "s3"


def plan(**values):
    """Gifts: asked for, handed out by the storekeeper, settled by the sales manager."""
    given = {
        "label": "礼品领用",
        "label_en": "Gifts handed out",
        "icon": "tag",
        "menu": "assets",
        "title": Name("礼品名称", "Gift"),
        "uses": {
            "owner": Name("领用人", "Taken by"),
            "day": Name("领用日期", "Day"),
            "amount": Name("金额", "Amount"),
        },
        "prefix": "LP",
        "states": (
            State(ASKED, Name("待领", "asked for")),
            State(HANDED_OUT, Name("已领", "handed out")),
            State(SETTLED, Name("已核销", "settled")),
        ),
        "moves": (
            Move(ASKED, HANDED_OUT, Name("发放", "Hand out"), ("STK", "SM")),
            Move(HANDED_OUT, SETTLED, Name("核销", "Settle"), ("SM",)),
            Move(HANDED_OUT, ASKED, Name("退回", "Take back")),
        ),
        "section": "领用内容",
        "rights": RIGHTS,
        "fields": (
            {"kind": "integer", "label": "数量", "required": True, "listed": True},
            {"kind": "choice", "label": "用途", "listed": True, "options": ["到访礼", "成交礼"]},
            {"kind": "text", "label": "备注说明"},
        ),
    }
    return Plan(**given | values)


def manager():
    """Somebody who makes registers and is in charge of this one."""
    return viewer_of(org.person("SM", name="周建国"))


def prepared(code="gifts", viewer=None, **values):
    definition = RegisterDefinition(code=code)
    return operations.prepare(definition, plan(**values), viewer or manager())


def made(code="gifts", viewer=None, **values):
    """The register of a definition, released."""
    viewer = viewer or manager()
    operations.release(prepared(code, viewer, **values), viewer)
    return catalogue.get(code)


def field(register, label):
    """The key of the added field with that label."""
    return next(name for name, column in register.fields.items() if str(column.label) == label)
