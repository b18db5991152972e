"""What is learnt about rival projects. Source: systems.md 79."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.registers.fields import AmountField, SiteField, TextField
from backoffice.registers.models import Record, not_voided


class MarketResearch(Record):
    """One observation of a rival project, with its source and its date."""

    site = SiteField()
    rival = TextField(_("rival project"), max_length=80)
    seen_on = models.DateField(_("date"))
    topic = models.CharField(_("topic"), max_length=8, choices=[("rival", _("rivals")), ("demand", _("demand"))])
    average_price = AmountField(_("average price per ㎡"), null=True, blank=True)
    source = TextField(_("source of the statement"), max_length=80)
    findings = models.TextField(_("findings"), blank=True, default="")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("market research")
        indexes = [models.Index(fields=["site", "-id"], condition=not_voided(), name="market_research_list")]
