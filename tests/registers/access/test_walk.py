"""Every register × every role × every way out: no value leaves its mask, and no hidden field is there at all.

Exhaustive where the engine hands out values (`exits`); over HTTP once for each screen and role. Two controls show
that the walk finds a leak where there is one.
"""

import json
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from backoffice.organisation.roles import NO_ADMIN, Role
from backoffice.registers.access import giving
from backoffice.registers.columns import Column
from backoffice.registers.imports import shell
from backoffice.registers.lists import conditions
from backoffice.registers.lists.listing import Listing
from backoffice.registers.lists.operands import NotUnderstood
from backoffice.registers.lists.operators import operators_of_kind
from backoffice.registers.notes import comments
from backoffice.registers.scope import viewer_of
from backoffice.registers.screens import pages
from backoffice.registers.values import Values
from tests.organisation import factories as org

from .exits import EXITS
from .planted import Planted, everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def planted():
    org.site()
    return everything()


class Viewers(dict):
    """{role: Viewer} of somebody in each role, made when first asked for; nobody owns a planted record."""

    def __missing__(self, role):
        return self.setdefault(role, viewer_of(org.person(role)))

    def everybody(self):
        return {role.value: self[role.value] for role in Role}


@pytest.fixture
def viewers():
    return Viewers()


def said_by(exit_, one, viewer):
    return exit_(one.register, viewer, one.row)


def leaks(planted, viewers, exits=EXITS):
    """[(register, role, way out, field)] of every canary that reached somebody whom it must not reach; and the ways
    out that said something of a record to somebody."""
    found, alive = [], set()
    for one in planted:
        for role, viewer in viewers.items():
            secrets = one.secrets(viewer)
            for name, exit_ in exits.items():
                if not one.register.seen_by(viewer) and name != "single_value":
                    # No screen, file or answer of the register is found by this role.
                    continue
                said = said_by(exit_, one, viewer)
                if said and said not in ("[]", "{}", "[][]"):
                    alive.add(name)
                found += [
                    (one.register.code, role, name, field)
                    for field, texts in secrets.items()
                    if any(text in said for text in texts)
                ]
    return found, alive


def test_no_way_out_says_what_is_masked_or_hidden(planted, viewers):
    assert sum(len(one.canaries) for one in planted) > 20 and sum(bool(one.hidden) for one in planted) > 4
    found, alive = leaks(planted, viewers.everybody())
    assert not found
    assert alive == set(EXITS)


def test_hidden_fields_are_not_even_named(planted, viewers):
    told = {}
    for one in planted:
        labels = {str(one.register.fields[name].label) for name in one.hidden}
        for role in ("GM", "SM", "BO"):
            if not one.register.seen_by(viewers[role]):
                continue
            said = "".join(
                said_by(EXITS[name], one, viewers[role]) for name in ("list_page", "form", "difference", "api")
            )
            for name in one.hidden:
                told.setdefault(role, []).append(f'"{name}"' in said or any(f'"{label}"' in said for label in labels))
    assert any(told["GM"]) and not any(told["SM"]) and not any(told["BO"])


def test_no_order_filter_total_or_search_tells_what_is_masked_or_hidden(planted, viewers):
    asked = 0
    for one in planted:
        register = one.register
        for viewer in viewers.everybody().values():
            for name in one.secrets(viewer):
                if name not in register.fields:
                    continue
                column = register.column(name)
                asked += 1
                with pytest.raises(NotUnderstood):
                    pages.Sorting.of(register, name, viewer)
                for code in operators_of_kind(column) or ["equals"]:
                    with pytest.raises(NotUnderstood):
                        conditions.read(register, viewer, {"field": name, "is": code, "value": "1"})
                assert name not in Listing(register, viewer, {}).totals()
                found = register.finding(register.model.rows.all(), column.display(column.raw(one.row))[-6:], viewer)
                assert column.name not in register.search or not found.filter(pk=one.row.pk).exists()
    assert asked > 200


def test_the_owner_and_the_grant_open_what_they_should_and_nothing_else(planted, viewers):
    """A positive control: the same ways out do say it to whom it belongs, and to whom it was granted."""
    one = next(one for one in planted if one.register.code == "customer")
    manager, clerk = viewers["SM"], viewers["BO"]
    giving.give(one.register, manager, clerk.user, ["phone"], hours=1, reason="核对", row=one.row)
    clerk = viewer_of(org.again(clerk.user))
    phone = one.canaries["phone"][0]
    opened = {name for name, exit_ in EXITS.items() if phone in said_by(exit_, one, clerk)}
    assert {"single_value", "whole_columns", "difference", "record_timeline"} <= opened
    assert not opened & {"csv_file", "xlsx_file", "api"}
    rest = {field: texts for field, texts in one.secrets(clerk).items() if field != "phone"}
    for exit_ in EXITS.values():
        said = said_by(exit_, one, clerk)
        assert not any(text in said for texts in rest.values() for text in texts)


@pytest.mark.parametrize(
    ("broken", "least"),
    [
        ((Values, "opens", lambda *args, **kwargs: True), {"single_value", "csv_file", "api", "difference"}),
        ((Column, "mask", lambda column, value: value), {"single_value", "xlsx_file", "form", "record_timeline"}),
        ((Column, "open_to", lambda column, viewer: True), {"single_value", "form", "api", "difference"}),
    ],
)
def test_a_register_that_leaks_is_found(planted, viewers, monkeypatch, broken, least):
    monkeypatch.setattr(*broken)
    walked = [one for one in planted if one.register.code in ("customer", "staff")]
    if broken[1] == "open_to":
        # What the walk itself asks must not be broken along with it.
        monkeypatch.setattr(Planted, "secrets", lambda one, viewer: {name: one.canaries[name] for name in one.hidden})
    found, _alive = leaks(walked, {"SM": viewers["SM"]})
    assert least <= {name for _register, _role, name, _field in found}


SCREENS = ["index", "index_results", "conditions", "export", "add", "recycle"]
RECORD_SCREENS = ["record", "related", "timeline", "compare", "edit", "comments", "files", "seen", "void"]


def addresses_of(one):
    """Every address at which something of the register or of the record is shown."""
    space, key = f"register_{one.register.code}", one.row.public_id
    api = f"/api/v1/{one.register.code}/"
    yield from (reverse(f"{space}:{name}") for name in SCREENS)
    yield from (reverse(f"{space}:{name}", args=[key]) for name in RECORD_SCREENS)
    yield reverse(f"{space}:restore", args=[key, 1])
    yield f"{reverse(f'{space}:record', args=[key])}?as_of=2100-01-01"
    yield from (api, f"{api}{key}/", f"{api}{key}/history/", f"{api}fields/")
    yield from (reverse(name) for name in ("wagtailadmin_home", "audit:log", "changes:index", "access_grants"))
    yield from (
        reverse(name, args=[one.register.code])
        for name in ("imports_upload", "imports_template", "definitions_fields")
    )


def body_of(answer):
    """Everything an answer says: headers, text, cells of a workbook, JSON without its escapes."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = str(answer.headers)
    if content.startswith(b"PK"):
        book = openpyxl.load_workbook(BytesIO(content))
        return said + " ".join(str(cell.value) for sheet in book for line in sheet.iter_rows() for cell in line)
    text = content.decode()
    if "json" in answer.headers.get("Content-Type", ""):
        text += json.dumps(json.loads(text), ensure_ascii=False)
    return said + text


def test_no_screen_file_or_answer_shows_any_role_what_it_must_not_see(planted, client, people_of):
    """Over HTTP, for the register with the most personal data: every screen as every role."""
    one = next(one for one in planted if one.register.code == "customer")
    comments.write(one.register, one.row, org.person("BO"), f"客户电话 {one.canaries['phone'][0]}，请回电")
    shown = set()
    for role, user in people_of.items():
        org.sign_in(client, user)
        secrets = {text for texts in one.secrets(viewer_of(org.again(user))).values() for text in texts}
        answers = {url: client.get(url) for url in addresses_of(one)}
        exporting = {"columns": "all", "kind": "xlsx" if role in ("SM", "CSM") else "csv"}
        answers["export file"] = client.post(reverse("register_customer:export"), exporting)
        answers["search"] = client.post("/api/v1/customer/search/", {"query": ""}, content_type="application/json")
        for url, answer in answers.items():
            said = body_of(answer)
            told = [secret for secret in secrets if secret in said]
            assert not told, (role, url, told)
            shown |= {url} if answer.status_code == 200 and one.row.public_id in said else set()
    assert len(shown) > 15


def test_the_pages_and_files_of_an_import_show_no_more(planted, client, people_of, tmp_path):
    one = next(one for one in planted if one.register.code == "customer")
    key = one.canaries["phone"][0]
    sheet = tmp_path / "客户.csv"
    sheet.write_text(f"姓名,电话,家庭住址,年龄\n林叶,{key},新地址一百号,31\n林叶,{key},,三百\n", encoding="utf-8")
    for role in ("BO", "SM"):
        batch, viewer = shell.open_batch(one.register, sheet, site=org.site(), user=people_of[role])
        org.sign_in(client, people_of[role])
        # What the person typed into the file is theirs; what the register holds is not.
        secrets = {text for texts in one.secrets(viewer).values() for text in texts if text != key}
        for url in (
            reverse("imports_batch", args=[batch.public_id]),
            reverse("imports_refused", args=[batch.public_id]),
        ):
            answer = client.get(url)
            said = body_of(answer)
            assert answer.status_code == 200 and not [secret for secret in secrets if secret in said], (role, url)


@pytest.fixture
def people_of():
    """{role: User} of everybody who can sign in to the admin."""
    return {role.value: org.person(role.value) for role in Role if role not in NO_ADMIN}
