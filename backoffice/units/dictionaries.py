"""The values a unit's usage and orientation may take at first, with the other words lists use for each.

Managers add to them and retire them; what is already there is never overwritten. Source: systems.md 25.
"""

from backoffice.registers.dictionaries import load_defaults

# {dictionary: ((code, label, English label, other words), …)}
DEFAULTS = {
    "unit_usage": (
        ("home", "住宅", "home", ("普通住宅", "商品住宅", "高层住宅", "小高层", "高层", "洋房", "成套住宅", "居住")),
        ("shop", "商铺", "shop", ("商业", "门面", "底商", "商业用房", "店铺", "商业服务")),
        ("parking", "车位", "parking space", ("地下车位", "车库", "机动车位", "产权车位")),
        ("store", "储藏室", "store", ("储藏间", "储物间", "地下室")),
        ("flat", "公寓", "serviced flat", ("酒店式公寓", "商务公寓", "LOFT")),
        ("office", "办公", "office", ("写字楼", "商务办公")),
    ),
    "orientation": (
        ("south", "南", "south", ("朝南", "南向", "正南")),
        ("north", "北", "north", ("朝北", "北向", "正北")),
        ("east", "东", "east", ("朝东", "东向", "正东")),
        ("west", "西", "west", ("朝西", "西向", "正西")),
        ("south_north", "南北", "south and north", ("南北通透", "南北向", "北南")),
        ("east_west", "东西", "east and west", ("东西向", "西东", "东西通透")),
        ("southeast", "东南", "south-east", ("朝东南", "东南向", "南东")),
        ("southwest", "西南", "south-west", ("朝西南", "西南向", "南西")),
        ("northeast", "东北", "north-east", ("朝东北", "东北向", "北东")),
        ("northwest", "西北", "north-west", ("朝西北", "西北向", "北西")),
    ),
}


def load(**kwargs):
    """Adds the entries that are missing. Sent after every migrate."""
    load_defaults(DEFAULTS)
