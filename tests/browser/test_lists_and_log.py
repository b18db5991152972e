"""The screens managers and reviewers live in: lists, what is void, past moments, changes, the log, dictionaries."""

import pytest

from .conftest import DESKTOP, PHONE
from .test_household import fits

SCREENS = {
    "sm": {
        "list": "/admin/r/customer/",
        "list-past": "/admin/r/customer/?as_of=2026-01-31",
        "list-void": "/admin/r/customer/?void=only",
        "units": "/admin/r/unit/",
        "changes": "/admin/changes/",
        "dictionaries": "/admin/dictionaries/",
    },
    "aud": {"log": "/admin/audit/"},
}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("who", list(SCREENS))
def test_the_screens_fit_and_bar_nobody(login, shot, axe, who, size):
    page = login(who, size=size)
    for name, address in SCREENS[who].items():
        answer = page.goto(address)
        assert answer.status == 200, name
        shot(page, f"screen-{name}")
        assert fits(page), name
        axe(page)
