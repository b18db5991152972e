"""The register of market research. Source: systems.md 79."""

from backoffice.registers.register import Register

from .models import MarketResearch


class MarketResearchRegister(Register):
    model = MarketResearch
    code = "market_research"
    systems = ["market-research"]
    menu, icon = "market", "view"
    key = ["rival", "seen_on", "source"]
    columns = ["rival", "seen_on", "topic", "average_price", "source"]
    filters = ["topic", "seen_on"]
    search = ["rival", "source"]
    totals = []
