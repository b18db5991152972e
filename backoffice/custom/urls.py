from django.urls import path

from . import pages

urlpatterns = [
    path("", pages.DefinitionsView.as_view(), name="custom"),
    path("new/", pages.NewView.as_view(), name="custom_new"),
    path("<slug:code>/", pages.DefinitionView.as_view(), name="custom_definition"),
    path("<slug:code>/release/", pages.ReleaseView.as_view(), name="custom_release"),
    path("<slug:code>/discard/", pages.DiscardView.as_view(), name="custom_discard"),
    path("<slug:code>/close/", pages.CloseView.as_view(), name="custom_close"),
    path("<slug:code>/open/", pages.ReopenView.as_view(), name="custom_reopen"),
    path("<slug:code>/history/", pages.HistoryView.as_view(), name="custom_history"),
]
