"""The registers there are. Declaring one enters it here; everything that lists registers asks here.

A register has screens, rights and addresses of its own. A *keeper* is whatever keeps rows with a history: every
register, and every part whose lines are written with the records of one.
"""

_registers = {}
_keepers = {}
_by_model = {}
_tables = set()


def enter(register):
    """Adds the declaration `register` with its parts; their codes and models are their own."""
    _registers[register.code] = register
    for keeper in (register, *register.parts):
        known = _keepers.get(keeper.code)
        if known and known.__module__ != keeper.__module__:
            raise ValueError(f"Two registers are called {keeper.code}.")
        _keepers[keeper.code] = keeper
        _by_model[keeper.model] = keeper
        _tables.update({keeper.model._meta.db_table, keeper.model.history.model._meta.db_table})


def registers():
    """Every register, by menu and code."""
    return sorted(_registers.values(), key=lambda register: (register.menu, register.order, register.code))


def get(code):
    """The register called `code`; KeyError when there is none."""
    return _registers[code]


def keepers():
    """Every register, each followed by its parts."""
    return [keeper for register in registers() for keeper in (register, *register.parts)]


def keeper(code):
    """The register or part called `code`; KeyError when there is none."""
    return _keepers[code]


def register_of(model):
    """The register or part that keeps the rows of a model class, or None."""
    return _by_model.get(model)


def tables():
    """The database tables of all keepers with their histories: what only the door may write."""
    return _tables
