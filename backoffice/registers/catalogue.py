"""The registers there are. Declaring one enters it here; everything that lists registers asks here.

A register has screens, rights and addresses of its own. A *keeper* is whatever keeps rows with a history: every
register, and every part whose lines are written with the records of one.

Beside the declared registers there are those that people make while the product runs. A higher layer hands them in
with `provide`; they come and go, so that nobody may keep what `registers()` gave for longer than a request.
"""

_registers = {}
_keepers = {}
_by_model = {}
_models = []
_providers = []


def enter(register):
    """Adds the declaration `register` with its parts; their codes and models are their own."""
    _registers[register.code] = register
    for keeper in (register, *register.parts):
        known = _keepers.get(keeper.code)
        if known and known.__module__ != keeper.__module__:
            raise ValueError(f"Two registers are called {keeper.code}.")
        _keepers[keeper.code] = keeper
        _by_model[keeper.model] = keeper
        hold(keeper.model)


def hold(model):
    """Puts the tables of `model`, a Record, under the care of the door and of the log. Entering a register does so;
    a model whose registers are made while the product runs says so itself."""
    if model not in _models:
        _models.append(model)


def provide(function):
    """Takes `function() -> {code: register}` of registers that are made while the product runs."""
    _providers.append(function)
    return function


def _made():
    """{code: register} of those that are there at this moment."""
    found = {}
    for function in _providers:
        found |= function()
    return found


def _sorted(registers):
    return sorted(registers, key=lambda register: (register.menu, register.order, register.code))


def declared():
    """The registers that stand in the code, by menu and code: what is there before any database is asked."""
    return _sorted(_registers.values())


def registers():
    """Every register, by menu and code."""
    return _sorted([*_registers.values(), *_made().values()])


def get(code):
    """The register called `code`; KeyError when there is none."""
    return _registers[code] if code in _registers else _made()[code]


def keepers():
    """Every register, each followed by its parts."""
    return [keeper for register in registers() for keeper in (register, *register.parts)]


def keeper(code):
    """The register or part called `code`; KeyError when there is none."""
    return _keepers[code] if code in _keepers else _made()[code]


def register_of(model):
    """The register or part that keeps the rows of a model class, or None."""
    if model in _by_model:
        return _by_model[model]
    return next((register for register in _made().values() if register.model is model), None)


def models():
    """The models of all rows that keepers have, whether or not a register of theirs is there at this moment."""
    return list(_models)


def tables():
    """The database tables of all keepers with their histories: what only the door may write."""
    return {table for model in _models for table in (model._meta.db_table, model.history.model._meta.db_table)}
