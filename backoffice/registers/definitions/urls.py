from django.urls import path

from . import pages

urlpatterns = [
    path("<slug:code>/", pages.FieldsView.as_view(), name="definitions_fields"),
    path("<slug:code>/arrange/", pages.ArrangeView.as_view(), name="definitions_arrange"),
    path("<slug:code>/new/", pages.NewView.as_view(), name="definitions_new"),
    path("<slug:code>/trial/", pages.TrialView.as_view(), name="definitions_trial"),
    path("<slug:code>/<slug:key>/", pages.FieldView.as_view(), name="definitions_field"),
    path("<slug:code>/<slug:key>/release/", pages.ReleaseView.as_view(), name="definitions_release"),
    path("<slug:code>/<slug:key>/discard/", pages.DiscardView.as_view(), name="definitions_discard"),
    path("<slug:code>/<slug:key>/archive/", pages.ArchiveView.as_view(), name="definitions_archive"),
    path("<slug:code>/<slug:key>/back/", pages.BackView.as_view(), name="definitions_back"),
    path("<slug:code>/<slug:key>/history/", pages.HistoryView.as_view(), name="definitions_history"),
]
