"""What the database knows when a file is read: dictionaries, people, other records, the site."""

from django.db.models import Q

from .. import dictionaries
from ..sheets.signs import fold

_AMBIGUOUS = object()
# Records that can be pointed to are read at once while there are no more than this; beyond, one look-up per name.
FEW = 5000


class SiteKnown:
    """`sheets.kinds.Known`, kept by the database. One object for one file: what was looked up is remembered.

    A dictionary value goes by its Chinese label, a person or record by its title, or by title and key where titles
    repeat; `codes` and `row_of` lead from there to what records store.
    """

    def __init__(self, register, site, viewer):
        self.register, self.site, self.viewer = register, site, viewer
        self.area_code = getattr(site, "area_code", "") or ""
        self._choices, self._codes, self._named, self._rows, self._names = {}, {}, {}, {}, {}

    def choices(self, dictionary):
        """{label: every way of writing it}."""
        if dictionary not in self._choices:
            found, codes = {}, {}
            for code, words in dictionaries.spellings(dictionary).items():
                label = words[0] if words[0] not in found else code
                found[label] = [*words, code]
                codes[label] = code
            self._choices[dictionary], self._codes[dictionary] = found, codes
        return self._choices[dictionary]

    def codes(self, dictionary):
        """{label: code}."""
        self.choices(dictionary)
        return self._codes[dictionary]

    def person(self, text, group):
        """The name under which the record that `text` means is known to the column `group`; None when unclear."""
        named = self._people(group)
        if named is None:
            return self._look_up(text, group)
        found = named.get(fold(text))
        return None if found in (None, _AMBIGUOUS) else found

    def row_of(self, name, value):
        """The row number behind a name that `person` gave."""
        return self._rows[name, value]

    def name_of(self, name, row):
        """The name `person` gives for a row number."""
        if (name, row) not in self._names:
            self._people(name)
        return self._names.get((name, row), str(row))

    def _candidates(self, name):
        """The living records the column may point to, as far as the person who imports may know of them."""
        column = self.register.column(name)
        rows = column.field.related_model.rows.filter(voided_at=None)
        target = column.target
        if target is not None and not target.open_title:
            rows = target.visible(self.viewer).filter(voided_at=None)
        if hasattr(column.field, "candidates"):
            rows = column.field.candidates(rows)
        site = target and target.scope.site
        if self.site is not None and site in (target.fields if target else ()):
            rows = rows.filter(Q(**{site: self.site}) | Q(**{f"{site}__isnull": True}))
        return rows

    def _people(self, name):
        """{folded word: name} of every candidate, or None when there are too many to read at once."""
        if name not in self._named:
            rows = list(self._candidates(name)[: FEW + 1])
            named = {} if len(rows) <= FEW else None
            for row in rows if named is not None else ():
                self._enter(name, row, named)
            self._named[name] = named
        return self._named[name]

    def _enter(self, name, row, named):
        title, keys = self._words(name, row)
        known = fold(title)
        own = [f"{title}({key})" for key in keys]
        canonical = title
        if known in named and keys:
            # Two of one name: neither goes by the name alone any more.
            named[known] = _AMBIGUOUS
            canonical = own[0]
        else:
            named[known] = title
        for word in (*keys, *own):
            named.setdefault(fold(word), canonical)
        self._rows[name, canonical] = row.pk
        self._names[name, row.pk] = canonical

    def _words(self, name, row):
        """(title, [keys]) of a record."""
        target = self.register.column(name).target
        if target is None:
            return str(row), []
        title = str(target.column(target.title_field).raw(row))
        columns = [target.column(key) for key in target.key]
        return title, [
            str(c.raw(row)) for c in columns if c.name != target.title_field and not c.personal and c.raw(row)
        ]

    def _look_up(self, text, name):
        target = self.register.column(name).target
        wanted = Q(**{target.title_field: text}) | Q(**dict.fromkeys(target.key[:1], text))
        rows = list(self._candidates(name).filter(wanted)[:2])
        if len(rows) != 1:
            return None
        self._rows[name, text], self._names[name, rows[0].pk] = rows[0].pk, text
        return text
