"""Identity numbers are unreadable in the database, in rows and in history; they are found and unique all the same."""

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection
from django.db.models import UniqueConstraint

from backoffice.jobs.models import Job
from backoffice.registers import encryption
from backoffice.registers.audit import keys, sealing
from backoffice.registers.audit.verifying import verify
from backoffice.registers.changes import Refused, Write, apply
from backoffice.registers.fields import BankAccountField
from backoffice.registers.masks import MASKS
from backoffice.registers.models import HashedKey
from tests.organisation import factories as org
from tests.registers.screens.conftest import at

NUMBER = "990101199003070015"
OTHER = "990101199003070023"


def kept(table, column="identity_number"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''")
        return [value for (value,) in cursor.fetchall()]


TABLES = ("customers_customer", "customers_historicalcustomer")


def test_neither_rows_nor_history_hold_the_number(make, people, customers):
    row = make(people.li, identity_number=NUMBER)
    for table in TABLES:
        (value,) = kept(table)
        assert value.startswith("enc:") and NUMBER not in value
    assert customers.model.rows.get(pk=row.pk).identity_number == NUMBER
    assert customers.history.objects.get(id=row.pk).identity_number == NUMBER
    assert make(people.li).identity_number == ""


def test_the_same_number_looks_different_every_time(make, people):
    make(people.li, identity_number=NUMBER)
    make(people.wang, identity_number=NUMBER)
    assert len(set(kept("customers_customer"))) == 2


def test_it_is_found_by_its_hash_and_never_compared_in_the_database(as_, people, make, customers):
    row = make(people.li, identity_number=NUMBER)
    client = as_(people.mgr)
    token = client.post(at("search"), {"q": NUMBER}).json()["token"]
    assert row.public_id in client.get(at("index"), {"s": token}).text
    for lookup in ("identity_number", "identity_number__contains", "identity_number__in"):
        with pytest.raises(FieldError):
            customers.model.rows.filter(**{lookup: [NUMBER]}).exists()


@pytest.fixture
def unique(customers, monkeypatch):
    """The customer register with a unique key over the identity number at a site."""
    key = UniqueConstraint(fields=["site", "identity_number"], name="identity_once")
    monkeypatch.setattr(customers.options, "constraints", [*customers.options.constraints, key])


def test_a_unique_key_over_it_holds(make, people, customers, unique):
    row = make(people.li, identity_number=NUMBER)
    with pytest.raises(Refused):
        make(people.wang, identity_number=NUMBER)
    other = make(people.wang, identity_number=OTHER)
    with pytest.raises(Refused):
        apply(customers, [Write(row=other, values={"identity_number": NUMBER})], act=org.by_system("改"))
    make(people.wang, site=org.site("B"), identity_number=NUMBER)
    apply(customers, [Write(row=row, action="void")], act=org.by_system("双份"))
    apply(customers, [Write(row=other, values={"identity_number": NUMBER})], act=org.by_system("改"))
    assert NUMBER not in str(list(HashedKey.objects.values_list("value", flat=True)))


def test_two_of_one_number_in_one_act_are_refused(people, customers, unique):
    values = {"site": people.site, "name": "甲", "identity_number": NUMBER}
    writes = [Write(values=values | {"phone": f"1990003000{n}"}) for n in range(2)]
    with pytest.raises(Refused):
        apply(customers, writes, act=org.by_system("登记"))


def test_a_new_key_is_taken_on_and_the_old_one_can_go(make, people, customers, settings, tmp_path):
    settings.AUDIT_HEADS = str(tmp_path)
    row = make(people.li, identity_number=NUMBER)
    sealing.seal_all()
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = ["another key of more than thirty-two signs", *old]
    assert customers.model.rows.get(pk=row.pk).identity_number == NUMBER
    assert keys.outdated() == 2
    call_command("rotate_keys", "--here")
    assert keys.outdated() == 0
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert customers.model.rows.get(pk=row.pk).identity_number == NUMBER
    assert verify().whole
    settings.FIELD_KEYS = old
    with pytest.raises(encryption.KeyMissing):
        customers.model.rows.get(pk=row.pk)


def test_the_worker_rotates(make, people, settings):
    from backoffice.jobs.worker import wake

    make(people.li, identity_number=NUMBER)
    settings.FIELD_KEYS = ["another key of more than thirty-two signs", *settings.FIELD_KEYS]
    call_command("rotate_keys")
    wake(Job.objects.latest("pk").pk)
    assert keys.outdated() == 0


def test_what_was_kept_plainly_is_encrypted_by_the_migration(make, people, customers):
    from backoffice.registers.changes.opening import door_open

    row = make(people.li, identity_number=NUMBER)
    with connection.cursor() as cursor, door_open():
        cursor.execute("UPDATE customers_customer SET identity_number = %s WHERE id = %s", [NUMBER, row.pk])
        assert customers.model.rows.get(pk=row.pk).identity_number == NUMBER
        last = 0
        while last is not None:
            last = encryption.encrypt_slice(connection, "customers_customer", "id", "identity_number", after=last)
    assert kept("customers_customer")[0].startswith("enc:")
    assert customers.model.rows.get(pk=row.pk).identity_number == NUMBER


def test_bank_accounts_are_tidied_judged_and_masked():
    field = BankAccountField("账号", blank=True)
    assert field.clean("6222 0200-0000 1234 567", None) == "6222020000001234567"
    assert MASKS[field.mask_kind]("6222020000001234567") == "***************4567"
    with pytest.raises(Exception, match="8"):
        field.clean("123", None)
