"""The document of the API as one asker may read it: without the fields that do not exist for them."""

import copy

from .. import catalogue
from .schemas import title_of

_SCHEMAS = ("Record", "New", "Values", "BulkValues")


def document_for(viewer, document):
    """A copy of `document` without the fields of registers that are kept for other roles than the viewer's."""
    found = copy.deepcopy(document)
    schemas = found["components"]["schemas"]
    for register in catalogue.registers():
        for name in set(register.own_fields) - set(register.fields_for(viewer)):
            for kind in _SCHEMAS:
                _without(schemas.get(f"{title_of(register)}{kind}"), name)
            _without(schemas.get(f"{title_of(register)}ListFilters"), name)
            _without_parameter(found["paths"], register, name)
    return found


def _without(schema, name):
    if schema is None:
        return
    schema["properties"] = {key: kept for key, kept in schema["properties"].items() if not _is_of(key, name)}
    if "required" in schema:
        schema["required"] = [key for key in schema["required"] if key != name]


def _without_parameter(paths, register, name):
    for path, operations in paths.items():
        if f"/{register.code}/" not in path:
            continue
        for operation in operations.values():
            kept = [one for one in operation.get("parameters", ()) if not _is_of(one.get("name", ""), name)]
            if "parameters" in operation:
                operation["parameters"] = kept


def _is_of(key, name):
    """Whether `key` is the field or an end of its filter, such as `seen_on_from`."""
    return (
        key == name
        or key.rpartition("_")[0] == name
        and key.rpartition("_")[2] in ("when", "from", "to", "min", "max")
    )
