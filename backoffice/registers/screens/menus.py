"""The groups of the menu, in the order of the product's folders: {code: (label, icon, order)}."""

from django.utils.translation import gettext_lazy as _

MENUS = {
    "reception": (_("Reception"), "login", 100),
    "customers": (_("Customers"), "group", 110),
    "units": (_("Units and prices"), "home", 120),
    "deals": (_("Deals"), "doc-full", 130),
    "delivery": (_("Handover"), "key", 140),
    "service": (_("Customer service"), "comment", 150),
    "finance": (_("Money"), "form", 160),
    "assets": (_("Materials and assets"), "tag", 170),
    "people": (_("People"), "user", 180),
    "market": (_("Market"), "globe", 190),
    "premises": (_("Premises"), "site", 200),
    "organisation": (_("Organisation"), "cogs", 210),
    "records": (_("Records"), "list-ul", 220),
}
