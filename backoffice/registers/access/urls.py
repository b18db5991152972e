from django.urls import path

from ..screens import addresses  # noqa: F401  knows the converter of public ids
from . import grant_pages, rule_pages, watch_pages

urlpatterns = [
    path("", grant_pages.GrantsView.as_view(), name="access_grants"),
    path("unusual/", watch_pages.UnusualView.as_view(), name="access_unusual"),
    path("rules/<slug:code>/", rule_pages.RulesView.as_view(), name="access_rules"),
    path("rules/<slug:code>/<slug:field>/", rule_pages.RuleView.as_view(), name="access_rule"),
    path("give/<slug:code>/", grant_pages.GiveView.as_view(), name="access_give_all"),
    path("give/<slug:code>/<public_id:key>/", grant_pages.GiveView.as_view(), name="access_give"),
    path("revoke/<public_id:key>/", grant_pages.RevokeView.as_view(), name="access_revoke"),
]
