"""Where access stands in the admin: addresses and menu."""

from django.urls import include, path
from wagtail import hooks


@hooks.register("register_admin_urls")
def addresses():
    from . import urls

    return [path("access/", include(urls))]
