from django.urls import path

from . import rule_pages

urlpatterns = [
    path("rules/<slug:code>/", rule_pages.RulesView.as_view(), name="access_rules"),
    path("rules/<slug:code>/<slug:field>/", rule_pages.RuleView.as_view(), name="access_rule"),
]
