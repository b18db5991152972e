"""Rows that are somebody's in several ways: each way asked alone gives the same list, page for page."""

from backoffice.registers.changes import Act, Write, apply
from backoffice.registers.lists.listing import Listing
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org


def fill(people, customers):
    """Customers of everybody, entered by the system, by the supervisor and by one consultant in turn."""
    owners = [people.li.staff, people.wang.staff, people.boss.staff, None]
    acts = [org.by_system(), *(Act(user, "form", viewer=viewer_of(user)) for user in (people.bo, people.li))]
    for n in range(60):
        act, owner = acts[n % 3], owners[n % 4]
        values = {"site": people.site, "name": f"客{n}", "phone": f"1990003{n:04d}", "owner_consultant": owner}
        apply(customers, [Write(values=values)], act=act)


def pages_of(listing, size=7):
    """The public ids of the list, page by page, and of its last page."""
    found, after = [], None
    while True:
        page = listing.turned(listing.columns, after=after, size=size)
        found += [row.public_id for row in page.rows]
        if not page.after:
            last = listing.turned(listing.columns, last=True, size=size)
            return found, [row.public_id for row in last.rows]
        after = page.after


def test_the_ways_asked_alone_are_the_rows_one_sees_and_none_of_them_twice(people, customers):
    fill(people, customers)
    for user in (people.li, people.boss):
        viewer = viewer_of(user)
        branches = customers.scope.branches(viewer, customers)
        visible = customers.visible(viewer)
        keys = [pk for branch in branches for pk in visible.filter(branch).values_list("pk", flat=True)]
        assert len(keys) == len(set(keys)) and set(keys) == set(visible.values_list("pk", flat=True))
    assert customers.scope.branches(viewer_of(people.mgr), customers) is None


def test_pages_and_counts_are_those_of_the_whole_question(people, customers):
    fill(people, customers)
    for user in (people.li, people.boss):
        listing = Listing(customers, viewer_of(user), {})
        assert listing.branches
        found, last = pages_of(listing)
        assert found == list(listing.rows.order_by("-pk").values_list("public_id", flat=True))
        assert last == found[-7:] and listing.counted() == len(found) == listing.counted(exactly=True)
