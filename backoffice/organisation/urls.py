"""Addresses outside the admin: reached before a sign-in is complete, or by people who never see the admin."""

from django.urls import path

from .accounts import signin

urlpatterns = [
    path("invitation/<str:token>/", signin.invitation, name="invitation"),
    path("second-factor/", signin.second_factor_step, name="second_factor"),
]
