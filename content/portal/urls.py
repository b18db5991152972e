"""Addresses of the portal: short enough to be read out on the phone."""

from django.urls import path

from . import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("handbook/", views.books, name="books"),
    path("handbook/version/<uuid:public_id>/", views.version, name="version"),
    path("handbook/<slug:book>/", views.handbook, name="handbook"),
    path("handbook/<slug:book>/<str:label>/", views.section, name="section"),
    path("scripts/", views.scripts, name="scripts"),
    path("scripts/<str:code>/", views.script, name="script"),
    path("courses/", views.courses, name="courses"),
    path("courses/<str:code>/", views.course, name="course"),
    path("courses/<str:code>/<uuid:lesson>/", views.lesson, name="lesson"),
]
