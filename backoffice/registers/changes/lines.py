"""Lines of parts on their way through the door: judged with their record, written in the same change set.

Whether the writer may change the record has been asked before; a line belongs to the record or the act is denied.
"""

from dataclasses import replace

from .act import Conflict, Denied


def judge(register, writes, act, now, steps):
    """Judges the lines of all `writes`, whose records have been judged. Returns the refusals.

    `steps` are the door's own judgements `(part, lines, act, now) -> [Refusal]`, the same as for records.
    """
    refusals = []
    for part in register.parts:
        placed = [
            (index, place, write, line)
            for index, write in enumerate(writes)
            for place, line in enumerate(write.lines.get(part.code, ()))
        ]
        if placed:
            lines = [line for _index, _place, _write, line in placed]
            _lock(part, placed)
            _join(part, placed)
            found = steps(part, lines, act, now)
            _join(part, placed)
            refusals += [_of_line(refusal, part, placed) for refusal in found]
            refusals += _doubles(part, placed, {refusal.index for refusal in found})
    return refusals


def _of_line(refusal, part, placed):
    index, place, *_rest = placed[refusal.index]
    return replace(refusal, index=index, part=part.code, line=place)


def _lock(part, placed):
    """Reads the lines to be changed under lock; each must be a line of the record it is written with."""
    keys = [line.row.pk for *_rest, line in placed if line.row is not None]
    found = part.model.rows.select_for_update().in_bulk(keys) if keys else {}
    for index, _place, write, line in placed:
        if line.row is None:
            continue
        row = found.get(line.row.pk)
        if row is None or write.row is None or getattr(row, part.reference) != write.row.pk:
            raise Denied(f"Line {line.row.pk} of {part.code} is no line of this record.")
        if line.version is not None and line.version != row.version:
            raise Conflict(write.row, index)
        line.row = row


def _join(part, placed):
    """Lines know their record, also one that is not in the table yet."""
    for _index, _place, write, line in placed:
        if line.row is not None and write.row is not None:
            setattr(line.row, part.of, write.row)


def _doubles(part, placed, refused):
    """Refusals of lines with the same key in one record, those that stay as they are included."""
    if not part.key:
        return
    from .checks import taken

    columns = [part.column(name) for name in part.key]
    told = {line.row.pk for *_rest, line in placed if line.row is not None and line.row.pk}
    records = {write.row.pk for _index, _place, write, _line in placed if write.row is not None} - {None}
    others = part.model.rows.filter(**{f"{part.of}__in": records}, voided_at=None).exclude(pk__in=told)
    held = {(getattr(row, part.reference), _key(columns, row)) for row in others} if records else set()
    for number, (index, place, write, line) in enumerate(placed):
        if number in refused or write.row is None or line.row is None or line.row.is_void:
            continue
        key = (write.row.pk or id(write), _key(columns, line.row))
        if key in held:
            yield replace(taken(index, part.key), part=part.code, line=place)
        held.add(key)


def _key(columns, row):
    return tuple(column.raw(row) for column in columns)


def settle(register, writes):
    """Every changed record carries its lines along: they get the moment and the number that it has by now."""
    for part in register.parts:
        for write in writes:
            for line in write.lines.get(part.code, ()):
                setattr(line.row, part.of, write.row)
                if line.moves:
                    line.row.updated_at = write.row.updated_at


def moving(register, writes):
    """[(part, [line])] of the lines of `writes` that change anything."""
    found = [
        (part, [line for write in writes for line in write.lines.get(part.code, ()) if line.moves])
        for part in register.parts
    ]
    return [(part, lines) for part, lines in found if lines]
