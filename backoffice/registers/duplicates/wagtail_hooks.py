from django.urls import path
from wagtail import hooks


@hooks.register("register_admin_urls")
def addresses():
    from . import pages

    return [
        path("duplicates/<slug:code>/", pages.GroupsView.as_view(), name="duplicates"),
        path("duplicates/<slug:code>/search/", pages.SearchView.as_view(), name="duplicates_search"),
        path("duplicates/<slug:code>/differ/", pages.DifferView.as_view(), name="duplicates_differ"),
        path("duplicates/<slug:code>/compare/", pages.CompareView.as_view(), name="duplicates_compare"),
    ]
