"""The listing one gets from Wagtail without any work, over the same rows: what ours is measured against."""

from django.urls import include, path
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from backoffice.customers.models import Customer
from backoffice.urls import urlpatterns as product

COLUMNS = ["name", "phone", "intent_grade", "owner_consultant", "awareness_source", "first_contact_at"]
FILTERS = ["intent_grade", "owner_consultant", "first_contact_at"]


class RelatedIndexView(IndexView):
    """With the one line that saves a query for each row."""

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("owner_consultant")


class StockViewSet(ModelViewSet):
    model = Customer
    list_display = COLUMNS
    list_filter = FILTERS
    list_per_page = 50
    ordering = ["-pk"]
    form_fields = ["name"]


class RelatedViewSet(StockViewSet):
    index_view_class = RelatedIndexView


def _at(name, viewset):
    return path(f"{name}/", include((viewset(name).get_urlpatterns(), name), namespace=name))


urlpatterns = [_at("stock", StockViewSet), _at("stock_related", RelatedViewSet), *product]
