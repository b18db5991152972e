"""Judging likeness: what a register's rules compare becomes keyed hashes, and rows with the same hash form groups.

A rule is a tuple of places that must all agree. A place is a field, or a tuple of fields any value of which counts,
such as a telephone and the further ones: `likeness = [(("phone", "further_phones"),), ("name", "home_address")]`.
Records of different sites are never alike. Nothing here compares rows pairwise over the table.
"""

from collections import defaultdict
from itertools import combinations, product

from django.db.models import Count
from django.utils.text import capfirst

from ..numbering.numbers import site_of
from ..search import digest
from ..search.grams import fold
from .models import LikenessKey, Member, NotSame

# Rows that share one key beyond this number share something else: the telephone of an agency, a placeholder.
MOST = 20


def keys_of(register, row):
    """{(number of the rule, key)} of one living row; a rule with an empty place says nothing."""
    site, found = site_of(register, row), set()
    for number, rule in enumerate(register.likeness):
        for values in product(*(_values(register, row, place) for place in rule)):
            found.add((number, digest("likeness", "\0".join([register.code, str(number), str(site), *values]))))
    return found


def _values(register, row, place):
    names = (place,) if isinstance(place, str) else place
    found = set()
    for name in names:
        value = register.column(name).raw(row)
        found |= {fold(str(item)) for item in (value if isinstance(value, list) else [value]) if item}
    return found - {""}


def fields_of(rule):
    """The names of the fields a rule compares."""
    return [name for place in rule for name in ((place,) if isinstance(place, str) else place)]


def rule_in_words(register, number):
    """What rows agree in, by the names of the first field of each place."""
    names = [place if isinstance(place, str) else place[0] for place in register.likeness[number]]
    return " + ".join(str(capfirst(register.column(name).label)) for name in names)


def forget(register):
    LikenessKey.objects.filter(register=register.code).delete()


def note(register, rows):
    """Writes down the keys of `rows`."""
    LikenessKey.objects.bulk_create(
        (
            LikenessKey(register=register.code, rule=rule, key=key, row=row.pk)
            for row in rows
            for rule, key in keys_of(register, row)
        ),
        batch_size=2000,
    )


def settle(register):
    """Makes the groups anew from the keys that are written down. Returns how many there are."""
    pairs, rules = _pairs(register), defaultdict(set)
    groups = {}
    for (first, second), agree in pairs.items():
        rules[first] |= agree
        rules[second] |= agree
        one, other = groups.get(first, {first}), groups.get(second, {second})
        if one is not other:
            one = one | other
            groups.update(dict.fromkeys(one, one))
    Member.objects.filter(register=register.code).delete()
    Member.objects.bulk_create(
        (
            Member(register=register.code, group=min(group), row=row, rules=sorted(rules[row]))
            for row, group in groups.items()
        ),
        batch_size=2000,
    )
    return len({min(group) for group in groups.values()})


def _pairs(register):
    """{(lower, higher row number): {numbers of the rules in which they agree}} without those said to differ."""
    keys = LikenessKey.objects.filter(register=register.code)
    shared = keys.values("rule", "key").annotate(number=Count("row")).filter(number__gt=1, number__lte=MOST)
    differ = set(NotSame.objects.filter(register=register.code).values_list("first", "second"))
    held = defaultdict(list)
    wanted = [(found["rule"], found["key"]) for found in shared]
    for start in range(0, len(wanted), 500):
        part = [key for _rule, key in wanted[start : start + 500]]
        for rule, key, row in keys.filter(key__in=part).values_list("rule", "key", "row"):
            held[rule, key].append(row)
    pairs = defaultdict(set)
    for (rule, _key), rows in held.items():
        for pair in combinations(sorted(set(rows)), 2):
            if pair not in differ:
                pairs[pair].add(rule)
    return pairs
