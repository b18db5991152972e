"""Every address of the product. Anything not marked `login_not_required` needs a login.

`/livez` and `/readyz` are answered before these addresses are looked at: `backoffice.frontdoor.health`.
"""

from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from backoffice.frontdoor import files, password, views
from backoffice.registers.api import api

handler500 = "backoffice.frontdoor.views.server_error"

# Wagtail's own screens for accounts grant rights that nobody here may grant; its bulk actions do the same.
# Its sites are of no use here, and these reports show pages of every kind to whoever may edit one. Nothing here is
# chosen from talk scripts, nor are several pages at once, and both choosers ask for no right.
REPLACED = (
    r"^admin/(users|groups|sites|redirects|styleguide)/",
    r"^admin/bulk/(organisation|auth|wagtailusers)/",
    r"^admin/reports/(site-history|page-types-usage|aging-pages)/",
    r"^admin/(failwhale|test404)/",
    r"^admin/snippets/",
    r"^admin/choose-page/chosen-multiple/",
    r"^pages/_util/login/",
)

urlpatterns = [
    *(re_path(pattern, views.absent) for pattern in REPLACED),
    path("admin/sprite/", views.sprite, name="wagtailadmin_sprite"),
    path("admin/jsi18n/", views.script_messages, name="wagtailadmin_javascript_catalog"),
    path("admin/login/", views.sign_in, name="wagtailadmin_login"),
    path("admin/password_reset/", include(password)),
    path("admin/account/", views.own_account, name="wagtailadmin_account"),
    path("admin/", include(wagtailadmin_urls)),
    path("api/v1/", api.urls),
    path("sign-in/", include("backoffice.organisation.urls")),
    re_path(r"^files/kept/(?P<digest>[0-9a-f]{64})/(?P<filename>[^/]+)$", files.kept, name="kept_file"),
    path("files/<path:path>", files.picture, name="picture"),
    path("documents/", include(wagtaildocs_urls)),
    path("pages/", include(wagtail_urls)),
    path("", include("content.portal.urls")),
]
