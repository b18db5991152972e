"""A million customers in minutes: the first one goes through the door, the others are copies of its rows.

Names, telephones, grades, moments and owners differ; history and search keys are what the door would have written.
"""

from django.db import connection, transaction
from django.utils import timezone

from backoffice.customers import dictionaries
from backoffice.jobs import clock
from backoffice.registers import catalogue, changes
from backoffice.registers.changes import Write
from backoffice.registers.changes.opening import door_open
from backoffice.registers.fields import new_public_id
from backoffice.registers.models import SearchKey
from backoffice.registers.search import grams, keys_of_number
from tests.organisation import factories as org

FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "予安岚屿清遥禾苗星野木槿书砚青舟帆暮云初明远思齐若水怀瑾知微子衿如松景行望舒"
GRADES = ("A", "B", "C", "D")
CONSULTANTS = 40
BATCH = 20_000
# Customers of the first site out of every hundred.
AT_FIRST_SITE = 60


class People:
    """Two sites, their consultants, and the restricted users who look at lists."""

    def __init__(self):
        self.first, self.second = org.site("A"), org.site("B")
        self.manager = org.person("SM", site=self.first)
        self.consultants = [org.person("PC", site=self.first) for _ in range(CONSULTANTS)]
        self.others = [org.person("PC", site=self.second) for _ in range(CONSULTANTS)]

    @property
    def consultant(self):
        return self.consultants[0]


def fill(count):
    """Loads `count` customers with history and search keys. Returns (People, the record with a long history)."""
    dictionaries.load()
    people = People()
    register = catalogue.get("customer")
    first = _write(register, people)
    with door_open():
        rows = _copies(register, people, first, count)
        for chunk in _chunks(rows):
            with transaction.atomic():
                _store(register, first, chunk)
    _reset_sequences(register)
    for number in range(199):
        changes.apply(register, [Write(row=first, values={"remark": f"第{number}次"})], act=org.by_system())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return people, register.model.rows.get(pk=first.pk)


def _store(register, first, chunk):
    rows = [row for row, _words in chunk]
    _insert(register.options.db_table, _columns(register.options.db_table), rows)
    _insert(register.history._meta.db_table, *_history_of(register, first, rows))
    _insert(SearchKey._meta.db_table, ["register", "row", "key"], list(_keys(register, chunk)))


def _write(register, people):
    values = {"name": "陈予安", "phone": "13000000000", "site": people.first, "intent_grade": "A"}
    values |= {"owner_consultant": people.consultant.staff, "first_contact_at": clock.now()}
    wish = Write(values=values)
    changes.apply(register, [wish], act=org.by_system())
    return wish.row


def _columns(table):
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _raw(table, columns, **where):
    """One stored row as the driver gives it."""
    (name, value), = where.items()  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(_quoted(columns))} FROM {table} WHERE {name} = %s", [value])
        return dict(zip(columns, cursor.fetchone(), strict=True))


def _quoted(columns):
    return [connection.ops.quote_name(column) for column in columns]


def _copies(register, people, first, count):
    """(row of the table, name, telephone) of every further customer."""
    columns = _columns(register.options.db_table)
    pattern = _raw(register.options.db_table, columns, id=first.pk)
    contact, size = clock.now(), len(GIVEN)
    for n in range(1, count):
        name = FAMILIES[n % len(FAMILIES)] + GIVEN[n * 7 % size] + (GIVEN[n * 13 // size % size] if n % 3 else "")
        phone = f"13{n:09d}"
        here = n % 100 < AT_FIRST_SITE
        owner = (people.consultants if here else people.others)[n % CONSULTANTS].staff
        row = pattern | {
            "id": first.pk + n,
            "public_id": new_public_id(),
            "name": name,
            "phone": phone,
            "site_id": (people.first if here else people.second).pk,
            "owner_consultant_id": owner.pk,
            "intent_grade": GRADES[n * 11 // 7 % 4],
            "first_contact_at": _moment(contact - timezone.timedelta(minutes=n * 7 % 500_000)),
        }
        yield tuple(row[column] for column in columns), (name, phone)


def _moment(value):
    return connection.ops.adapt_datetimefield_value(value) if connection.vendor == "sqlite" else value


def _history_of(register, first, rows):
    """(columns, rows) of the history rows of `rows`."""
    table = register.history._meta.db_table
    columns = [column for column in _columns(table) if column != "history_id"]
    pattern = _raw(table, columns, id=first.pk)
    shared = _columns(register.options.db_table)
    entries = [pattern | dict(zip(shared, row, strict=True)) for row in rows]
    return columns, [tuple(entry[column] for column in columns) for entry in entries]


_grams = {}


def _keys(register, chunk):
    place = _columns(register.options.db_table).index("id")
    for row, (name, phone) in chunk:
        if name not in _grams:
            _grams[name] = grams(name)
        for key in _grams[name] | keys_of_number(phone):
            yield register.code, row[place], key


def _chunks(rows):
    chunk = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == BATCH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _insert(table, columns, rows):
    """Many rows at once, by the fastest way of each database."""
    names = ", ".join(_quoted(columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))


def _reset_sequences(register):
    if connection.vendor != "postgresql":
        return
    table = register.options.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
