"""What every register can do, written once. A register gets these tests by being declared.

`test_every_register.py` makes one test class for each register of the catalogue. A register whose samples need
more than its fields tell subclasses `RegisterSuite` in its own tests folder and overrides `values`.
"""

import json
from io import BytesIO

import openpyxl
import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backoffice.organisation.roles import Role, cells_of
from backoffice.registers import catalogue, changes
from backoffice.registers.changes import Act, Write
from backoffice.registers.models import Access
from backoffice.registers.scope import viewer_of
from backoffice.registers.screens import addresses
from tests.organisation import factories as org

from .posting import posted, typed, write_sheet
from .samples import sample

SUITES = {}


@pytest.mark.django_db
class RegisterSuite:
    code = None
    # Where the people of the tests work: at the main site, or with None at every site.
    works_at = org.MAIN
    # The letters of the matrix that allow to void a record here.
    voids = "g"

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.code:
            SUITES[cls.code] = cls

    # What to override

    def values(self, n):
        """The values of the `n`th valid record."""
        return {name: sample(column, n) for name, column in self.register.fields.items() if not column.series}

    # What the tests share

    @property
    def register(self):
        return catalogue.get(self.code)

    def add(self, count=1, start=0, user=None, **extra):
        """`count` records written by the system, or by `user`."""
        act = org.by_system() if user is None else Act(user, "form", "登记", viewer=viewer_of(user))
        writes = [Write(values=self.values(n) | extra) for n in range(start, start + count)]
        changes.apply(self.register, writes, act=act)
        return [self.register.model.rows.get(pk=write.row.pk) for write in writes]

    def url(self, screen, row=None, *args):
        parts = [row.public_id] if row is not None else []
        return addresses.url_of(self.register, screen, *parts, *args)

    def person(self, letters="", view="A"):
        """Somebody whose role has at least `letters` here and sees the whole site. Where the matrix gives those who
        hold the letters a narrower view, this test's database widens it."""
        holders = [
            (role, found)
            for role in Role
            if (found := cells_of(self.register)[role]).view
            and set(letters) <= set(found.letters)
            and role not in ("AUD", "DEV", "DSM")
        ]
        if not holders:
            pytest.fail(f"No role of the matrix holds {letters} in {self.code}.")
        role = next((role for role, found in holders if found.view == view), None)
        if role is None:
            role = holders[0][0]
            app, name = self.register.permission("view_site").split(".")
            widened = Permission.objects.get(content_type__app_label=app, codename=name)
            Group.objects.get(name=role.value).permissions.add(widened)
        return org.person(role.value, site=self.works_at)

    def given_to(self, person, row):
        """A record of `person`: `row`, handed over to them."""
        handed = Write(row=row, values={self.register.scope.own: person.staff.pk})
        changes.apply(self.register, [handed], act=org.by_system("分给本人"))
        return row

    def reaching(self, reach):
        """A role that sees no further than `reach` ("own" or "team") here, or None."""
        view = {"own": "O", "team": "T"}[reach]
        return next(
            (role for role in Role if cells_of(self.register)[role].view == view and role not in ("CHN", "VND")),
            None,
        )

    def form(self, row, **values):
        """The edit form of `row` as the browser would post it: every input as it was shown, then `values`."""
        page = self.client.get(self.url("edit", row))
        return posted(page.context["form"]) | {"_version": str(row.version)} | values

    @pytest.fixture(autouse=True)
    def _browser(self, client, db):
        self.client = client
        org.site()

    def sees(self, user):
        org.sign_in(self.client, user)

    # The declaration

    def test_the_declaration_fits_on_a_page_and_serves_a_system(self):
        from backoffice.registers.describe import describe

        described = describe(self.register)
        assert described["lines"] <= 40 and described["systems"]
        assert described["fields"] and all(field["labels"]["zh"] for field in described["fields"])
        states = [step["to"] for step in described["transitions"]]
        column = self.register.state_column
        assert states == ([value for value, _label in column.field.choices] if column else [])

    # List, search, filter

    def test_the_list_shows_the_rows_and_finds_them_by_their_words(self):
        rows = self.add(3)
        self.sees(self.person())
        page = self.client.get(self.url("index"))
        assert page.status_code == 200
        assert all(row.public_id in page.text for row in rows)
        title = self.register.column(self.register.title_field)
        if title.name in self.register.search and not title.personal:
            words = title.display(title.raw(rows[1]))
            token = self.client.post(self.url("search"), {"q": words}).json()["token"]
            found = self.client.get(self.url("index"), {"s": token}).text
            assert rows[1].public_id in found and words not in token

    def test_the_search_finds_by_every_field_that_is_searched_and_by_nothing_else(self):
        rows = self.add(3)
        viewer = viewer_of(self.person())
        for column in self.register.searched:
            for value in _each(column.raw(rows[1])):
                if value in (None, "") or column.field.is_relation:
                    continue
                words = column.display(value) if not column.personal and not column.many else str(value)
                found = self.register.finding(self.register.visible(viewer), words)
                alike = {row.pk for row in rows if value in _each(column.raw(row))}
                assert rows[1].pk in set(found.values_list("pk", flat=True)), column.name
                assert alike <= set(found.values_list("pk", flat=True)), column.name
        assert not self.register.finding(self.register.visible(viewer), "并不存在的词语").exists()

    def test_each_filter_keeps_the_rows_that_hold_its_value_and_no_others(self):
        rows = self.add(4)
        self.sees(self.person())
        for name in self.register.filters:
            column = self.register.column(name)
            asked = filter_parameters(column, column.raw(rows[0]), rows[0])
            if asked is None:
                continue
            page = self.client.get(self.url("index"), asked)
            assert page.status_code == 200, (name, asked)
            wanted = {row.public_id for row in rows if _holds(column, row, column.raw(rows[0]))}
            shown = {row.public_id for row in rows if row.public_id in page.text}
            assert shown == wanted, (name, asked)

    @pytest.mark.parametrize("reach", ["own", "team"])
    def test_a_narrow_reach_shows_ones_own_and_ones_reports_records_only(self, reach):
        role = self.reaching(reach)
        path = self.register.scope.own
        if role is None or (path and ("__" in path or path == "pk" or path not in self.register.fields)):
            return
        mine, theirs = self.add(2)
        person = org.person(role.value, site=self.works_at)
        if path:
            mine = self.given_to(person, mine)
        else:
            mine = self.add(1, start=5, user=person)[0] if self.register.may(viewer_of(person), "add") else None
        if mine is None:
            return
        self.sees(person)
        seen = self.client.get(self.url("index")).text
        assert mine.public_id in seen and theirs.public_id not in seen
        for screen in ("record", "timeline", "related", "edit", "void", "compare"):
            assert self.client.get(self.url(screen, theirs)).status_code == 404, screen
        assert self.client.get(self.url("record", mine)).status_code == 200

    def test_a_void_row_leaves_the_list(self):
        row = self.voidable()
        self.sees(self.person())
        assert row.public_id in self.client.get(self.url("index")).text
        changes.apply(self.register, [Write(row=row, action="void")], act=org.by_system("双份"))
        assert row.public_id not in self.client.get(self.url("index")).text

    def voidable(self):
        """A record that nothing forbids to void."""
        return self.add(1, start=40)[0]

    def test_the_list_costs_the_same_queries_for_one_row_and_fifty(self):
        self.add(1)
        self.sees(self.person())
        self.client.get(self.url("index"))
        with CaptureQueriesContext(connection) as few:
            self.client.get(self.url("index"))
        present = self.register.model.rows.filter(voided_at=None).count()
        self.add(50 - present, start=1)
        with CaptureQueriesContext(connection) as fifty:
            page = self.client.get(self.url("index"))
        assert page.context["count"] in (50, "50")
        assert len(fifty) <= len(few), "\n".join(query["sql"][:300] for query in fifty)

    # Record, form, history

    def test_a_record_is_created_by_form_and_read_back(self):
        self.sees(self.person("c"))
        form = self.client.get(self.url("add")).context["form"]
        given = {name: value for name, value in typed(self.register, self.values(7)).items() if name in form.fields}
        answer = self.client.post(self.url("add"), posted(form) | given)
        assert answer.status_code == 302, answer.context and answer.context["form"].errors
        row = self.register.model.rows.latest("pk")
        page = self.client.get(self.url("record", row))
        assert page.status_code == 200
        entry = self.register.history.objects.get(id=row.pk)
        assert (entry.history_type, entry.change_set.channel) == ("+", "form")

    def test_an_edit_is_in_the_timeline_with_old_and_new_and_can_be_restored(self):
        row = self.add(1)[0]
        self.sees(self.person("e"))
        name, old, new = self.text_change(row)
        answer = self.client.post(self.url("edit", row), self.form(row, **{name: new, "_reason": "写错了"}))
        assert answer.status_code == 302, answer.context and answer.context["form"].errors
        timeline = self.client.get(self.url("timeline", row)).text
        assert "写错了" in timeline and str(new) in timeline
        assert str(old).splitlines()[0] in timeline
        row.refresh_from_db()
        self.client.post(self.url("restore", row, 1), {"_reason": "恢复", "_version": row.version})
        row.refresh_from_db()
        assert self.register.column(name).raw(row) == old and row.version == 3

    def text_change(self, row):
        """(field, old, new) of a change that the form lets a manager make: a plain text unless overridden."""
        for column in self.register.fields.values():
            plain = column.kind in ("Text", "Name", "LongText") and not (column.personal or column.dictionary)
            settable = not column.computed and column.name not in self.register.restricted
            if plain and settable and column.name not in self.register.key:
                return column.name, column.raw(row), "改后的文字"
        pytest.fail(f"{self.code} has no plain text to change: override text_change.")

    def test_a_stale_form_is_shown_both_versions_and_overwrites_nothing(self):
        row = self.add(1)[0]
        self.sees(self.person("e"))
        name, old, new = self.text_change(row)
        stale = self.form(row, **{name: new, "_reason": "我后到"})
        changes.apply(self.register, [Write(row=row, values={name: old})], act=org.by_system("没变"))
        changes.apply(self.register, [Write(row=row, action="void")], act=org.by_system("先到"))
        changes.apply(self.register, [Write(row=row, action="unvoid")], act=org.by_system("先到"))
        answer = self.client.post(self.url("edit", row), stale)
        row.refresh_from_db()
        assert answer.status_code == 409 and "我后到" in answer.text and self.register.column(name).raw(row) == old

    def test_a_required_value_left_out_is_named_and_nothing_is_written(self):
        self.sees(self.person("c"))
        form = self.client.get(self.url("add")).context["form"]
        required = [name for name, field in form.fields.items() if field.required]
        answer = self.client.post(self.url("add"), {})
        before = self.register.model.rows.count()
        assert answer.status_code == 422 and set(required) <= set(answer.context["form"].errors)
        assert self.register.model.rows.count() == before

    def test_voiding_needs_a_reason_and_is_undone_as_a_whole(self):
        row = self.voidable()
        user = self.person(self.voids)
        self.sees(user)
        assert self.client.post(self.url("void", row), {"_version": row.version}).status_code == 422
        assert (
            self.client.post(self.url("void", row), {"_reason": "登记错误", "_version": row.version}).status_code
            == 302
        )
        row.refresh_from_db()
        assert row.is_void and row.void_reason == "登记错误"
        change_set = self.register.history.objects.filter(id=row.pk).first().change_set
        changes.undo(change_set, act=Act(user, "undo", "看错了"))
        row.refresh_from_db()
        assert not row.is_void

    # Masks

    def test_personal_data_never_leaves_masked_eyes(self):
        personal = [column for column in self.register.fields.values() if column.personal]
        if not personal:
            return
        row = self.add(1)[0]
        secrets = [str(value) for column in personal for value in _each(column.raw(row)) if value]
        self.sees(self.person())
        for screen in ("index", "record", "timeline", "related"):
            page = self.client.get(self.url(screen, row if screen != "index" else None)).text
            leaked = [secret for secret in secrets if secret in page]
            assert not leaked, (screen, leaked)
        for column in personal:
            assert self.register.value(row, column.name, viewer_of(self.person())) == column.mask(column.raw(row))
            sorted_by = self.client.get(self.url("index"), {"ordering": column.name})
            assert sorted_by.status_code == 422 and row.public_id not in sorted_by.text

    def test_a_reveal_needs_a_reason_and_is_written_down(self):
        personal = [column for column in self.register.fields.values() if column.personal]
        if not personal:
            return
        row = self.add(1)[0]
        self.sees(self.person("e"))
        column = personal[0]
        assert self.client.post(self.url("reveal", row), {"field": column.name}).status_code == 422
        answer = self.client.post(self.url("reveal", row), {"field": column.name, "reason": "回访客户"})
        assert answer.status_code == 200 and column.raw(row) in answer.text
        event = Access.objects.get(kind="reveal", register=self.code, row=row.pk)
        assert event.fields == [column.name] and event.reason == "回访客户"

    # Who may what

    @pytest.mark.parametrize("role", [role.value for role in Role])
    def test_each_role_gets_what_the_matrix_says_and_404_for_the_rest(self, role):
        row = self.add(1)[0]
        user = org.person(role, site=self.works_at)
        found = cells_of(self.register)[Role(role)]
        verbs = found.verbs(role)
        self.sees(user)
        inside = role not in ("CHN",)
        listed = self.client.get(self.url("index")).status_code
        assert (listed == 200) == (inside and bool(found.view)), (role, listed)
        visible = self.register.visible(viewer_of(user)).filter(pk=row.pk).exists()
        assert (self.client.get(self.url("record", row)).status_code == 200) == (inside and visible)
        for verb, screen in (("add", "add"), ("export", "export")):
            allowed = inside and bool(found.view) and verb in verbs
            assert (self.client.get(self.url(screen)).status_code == 200) == allowed, (role, verb)
        for verb, screen in (("change", "edit"), ("void", "void")):
            allowed = inside and visible and verb in verbs
            assert (self.client.get(self.url(screen, row)).status_code == 200) == allowed, (role, verb)
        for screen in ("edit", "void", "unvoid", "reveal"):
            if not (inside and visible and {"change", "void", "reveal"} & set(verbs)):
                assert self.client.post(self.url(screen, row), {"_reason": "x", "field": "name"}).status_code in (
                    302,
                    403,
                    404,
                )
        row.refresh_from_db()
        assert row.version == 1

    def test_another_site_is_another_world(self):
        if self.register.scope.site in (None, "pk") or self.register.column(self.register.scope.site).field.null:
            return
        row = self.add(1)[0]
        role = self.person().staff.assignments.first().position.role
        stranger = org.person(role, site=org.site("B"))
        self.sees(stranger)
        for screen in ("record", "timeline", "related", "edit", "void"):
            assert self.client.get(self.url(screen, row)).status_code == 404, screen
        assert row.public_id not in self.client.get(self.url("index")).text

    # Spreadsheets and API

    def test_a_sheet_written_from_values_is_imported_and_found_unchanged_the_second_time(self, tmp_path):
        from backoffice.registers.imports import shell
        from backoffice.registers.imports.resources import resource_of

        if not self.register.key:
            return
        # A reference names a record that is there before the file is.
        wanted = [self.values(n) for n in range(20, 23)]
        path = tmp_path / "list.xlsx"
        write_sheet(path, self.register, resource_of(self.register), wanted)
        batch, _viewer = shell.open_batch(self.register, path, site=org.site())
        assert batch.counts["importable"] == 3, (batch.counts, list(batch.rows.values_list("problems", flat=True)))
        done = shell.write_batch(batch)
        assert done.change_set.created == 3
        for entry, values in zip(
            self.register.history.objects.filter(change_set=done.change_set).order_by("source_row"),
            wanted,
            strict=True,
        ):
            for name, value in values.items():
                column = self.register.column(name)
                if name != self.register.scope.site and not column.field.is_relation:
                    assert column.raw(entry) == column.field.clean(value, None), name
        again, _viewer = shell.open_batch(self.register, path, site=org.site())
        assert shell.write_batch(again).change_set.touched == 0
        changes.undo(done.change_set, act=org.by_system("导错了"))
        living = self.register.model.rows.filter(
            pk__in=[row.pk for row in _rows_of(self.register, done)], voided_at=None
        )
        assert not living.exists()

    def test_an_export_carries_text_as_text_and_is_written_down(self):
        self.add(2)
        self.sees(self.person("x"))
        answer = self.client.post(self.url("export"), {"kind": "xlsx", "columns": "all"})
        sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
        assert sheet.max_row >= 3
        assert all(found.data_type != "f" for line in sheet.iter_rows() for found in line)
        assert Access.objects.filter(kind="export", register=self.code).exists()

    def test_the_api_shows_and_refuses_what_the_screens_do(self):
        row = self.add(1)[0]
        base = f"/api/v1/{self.code}/"
        assert self.client.get(base).status_code == 401
        self.sees(self.person("e"))
        listed = self.client.get(base).json()
        assert row.public_id in json.dumps(listed)
        detail = self.client.get(f"{base}{row.public_id}/")
        assert detail.status_code == 200
        for column in self.register.fields.values():
            if column.personal and column.raw(row):
                assert str(_each(column.raw(row))[0]) not in detail.text
        name, _old, new = self.text_change(row)
        values = {name: str(new)} if self.register.column(name).on_model else {"added": {name: str(new)}}
        stale = self.client.patch(
            f"{base}{row.public_id}/", {"version": 99, "values": values}, content_type="application/json"
        )
        assert stale.status_code == 409
        written = self.client.patch(
            f"{base}{row.public_id}/", {"version": 1, "values": values}, content_type="application/json"
        )
        assert written.status_code == 200, written.text
        row.refresh_from_db()
        assert self.register.column(name).raw(row) == new
        outsider = org.person("CHN")
        self.sees(outsider)
        assert self.client.get(base).status_code == 404
        assert self.client.get(f"{base}{row.public_id}/").status_code == 404


def filter_parameters(column, value, row):
    """The parameters of a list's address that ask for `value`; None where the value cannot be asked for."""
    if value in (None, "", [], ()):
        return None
    if column.field.is_relation:
        return {column.name: column.get(row).public_id}
    if column.kind in ("Day", "Moment"):
        day = (timezone.localtime(value) if column.kind == "Moment" else value).strftime("%Y-%m-%d")
        return {f"{column.name}_from": day, f"{column.name}_to": day}
    if column.amount or column.kind == "Integer":
        return {f"{column.name}_min": str(value), f"{column.name}_max": str(value)}
    if isinstance(value, bool):
        return {column.name: "yes" if value else "no"}
    return {column.name: str(_each(value)[0])}


def _holds(column, row, value):
    held = column.raw(row)
    if column.kind == "Moment":
        return held is not None and timezone.localtime(held).date() == timezone.localtime(value).date()
    return _each(value)[0] in held if isinstance(held, list) else held == value


def _each(value):
    return value if isinstance(value, list) else [value]


def _rows_of(register, batch):
    keys = register.history.objects.filter(change_set=batch.change_set).values("id")
    return register.model.rows.filter(pk__in=keys)
