"""The registers there are. Declaring one enters it here; everything that lists registers asks here."""

_by_code = {}
_by_model = {}
_tables = set()


def enter(register):
    """Adds the declaration `register` (a Register subclass); its code and model are its own."""
    known = _by_code.get(register.code)
    if known and known.__module__ != register.__module__:
        raise ValueError(f"Two registers are called {register.code}.")
    _by_code[register.code] = register
    _by_model[register.model] = register
    _tables.update({register.model._meta.db_table, register.model.history.model._meta.db_table})


def registers():
    """Every register, by menu and code."""
    return sorted(_by_code.values(), key=lambda register: (register.menu, register.order, register.code))


def get(code):
    """The register called `code`; KeyError when there is none."""
    return _by_code[code]


def register_of(model):
    """The register of a model class, or None."""
    return _by_model.get(model)


def tables():
    """The database tables of all registers with their histories: what only the door may write."""
    return _tables
