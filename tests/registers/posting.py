"""What a browser posts, what somebody types, and what a spreadsheet holds, for given values of a register."""

import openpyxl


def posted(form):
    """What a browser would post for an untouched form."""
    data = {}
    for bound in form:
        value = bound.value()
        value = bound.field.prepare_value(value) if value is not None else None
        value = getattr(value, "public_id", value)
        if value is True:
            value = "on"
        if value not in (None, False):
            data[bound.html_name] = value
    return data


def typed(register, values):
    """Model values as somebody would type them into the form."""
    data = {}
    for name, value in values.items():
        column = register.column(name)
        if column.field.is_relation:
            value = getattr(value, "public_id", value)
        elif isinstance(value, list) and not column.dictionary:
            value = "、".join(value)
        elif isinstance(value, tuple):
            value = "-".join(value)
        elif value is True:
            value = "on"
        elif hasattr(value, "strftime"):
            value = value.strftime("%Y-%m-%d %H:%M") if hasattr(value, "hour") else value.strftime("%Y-%m-%d")
        if value not in (None, False, ""):
            data[name] = value
    return data


def write_sheet(path, register, resource, rows):
    """A workbook with one line for each of `rows`, its cells written by the register's Resource."""
    book = openpyxl.Workbook()
    names = [name for name in resource.fields if name in rows[0]]
    book.active.append([resource.fields[name].column_name for name in names])
    for values in rows:
        line = []
        for name in names:
            column = register.column(name)
            value = values[name]
            if column.field.is_relation:
                target = column.target
                value = (
                    None
                    if value is None
                    else str(getattr(value, target.key[0] if target.key else target.title_field))
                )
                line.append(value)
            else:
                line.append(resource.fields[name].widget.render(column.field.clean(value, None)))
        book.active.append(line)
    book.save(path)
