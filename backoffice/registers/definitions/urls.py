from django.urls import path, register_converter

from . import deed_pages, dictionary_pages, pages


class DictionaryConverter:
    """The name of a dictionary: a word, or `field:` and the key of an added field."""

    regex = r"[a-z0-9_]+(?::[a-z0-9]+)?"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(DictionaryConverter, "dictionary")

urlpatterns = [
    path("<slug:code>/", pages.FieldsView.as_view(), name="definitions_fields"),
    path("<slug:code>/arrange/", pages.ArrangeView.as_view(), name="definitions_arrange"),
    path("<slug:code>/new/", pages.NewView.as_view(), name="definitions_new"),
    path("<slug:code>/trial/", pages.TrialView.as_view(), name="definitions_trial"),
    path("<slug:code>/<slug:key>/", pages.FieldView.as_view(), name="definitions_field"),
    path("<slug:code>/<slug:key>/release/", deed_pages.ReleaseView.as_view(), name="definitions_release"),
    path("<slug:code>/<slug:key>/discard/", deed_pages.DiscardView.as_view(), name="definitions_discard"),
    path("<slug:code>/<slug:key>/archive/", deed_pages.ArchiveView.as_view(), name="definitions_archive"),
    path("<slug:code>/<slug:key>/back/", deed_pages.BackView.as_view(), name="definitions_back"),
    path("<slug:code>/<slug:key>/convert/", deed_pages.ConvertView.as_view(), name="definitions_convert"),
    path("<slug:code>/<slug:key>/index/", deed_pages.IndexView.as_view(), name="definitions_index"),
    path("<slug:code>/<slug:key>/history/", pages.HistoryView.as_view(), name="definitions_history"),
]

dictionary_urlpatterns = [
    path("", dictionary_pages.DictionariesView.as_view(), name="dictionaries"),
    path("<dictionary:name>/", dictionary_pages.DictionaryView.as_view(), name="dictionary"),
    path("<dictionary:name>/undo/<slug:change>/", dictionary_pages.UndoView.as_view(), name="dictionary_undo"),
]
