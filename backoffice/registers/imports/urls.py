"""Addresses of imports, below `/admin/imports/`."""

from django.urls import path

from . import views

urlpatterns = [
    path("to/<slug:code>/", views.UploadView.as_view(), name="imports_upload"),
    path("to/<slug:code>/template/", views.TemplateView.as_view(), name="imports_template"),
    path("<slug:key>/", views.BatchView.as_view(), name="imports_batch"),
    path("<slug:key>/read/", views.ReadView.as_view(), name="imports_read"),
    path("<slug:key>/confirm/", views.ConfirmView.as_view(), name="imports_confirm"),
    path("<slug:key>/discard/", views.DiscardView.as_view(), name="imports_discard"),
    path("<slug:key>/go-on/", views.GoOnView.as_view(), name="imports_go_on"),
    path("<slug:key>/progress/", views.ProgressView.as_view(), name="imports_progress"),
    path("<slug:key>/refused/", views.RefusedView.as_view(), name="imports_refused"),
]
