"""Unit and price lists as sites keep them. Source: spreadsheets.md 4 L-03, systems.md 25 and 27."""

from backoffice.registers.sheets import kinds
from backoffice.registers.sheets.layout import Layout
from backoffice.registers.sheets.layout import LayoutField as Field

UNIT = Layout(
    code="unit",
    keys=[("unit_code",)],
    fields=[
        Field("building", kinds.UnitPart(), ("楼栋", "栋号", "楼号", "幢号", "栋", "楼幢")),
        Field("entrance", kinds.UnitPart(), ("单元", "单元号")),
        Field("floor", kinds.Text(), ("楼层", "层", "所在楼层")),
        Field("room", kinds.UnitPart(), ("房号", "室号", "房间号", "房间"), needs=("building",)),
        Field(
            "unit_code",
            kinds.UnitCode(),
            ("房号", "房源", "房源编号", "房间编码", "房屋编号", "房源编码"),
            required=True,
            from_parts=("building", "entrance", "room"),
        ),
        Field("usage", kinds.Text(), ("用途", "房屋用途", "物业类型")),
        Field("layout", kinds.Text(), ("户型", "户型编号", "房型")),
        Field("forecast_area", kinds.Area(), ("预测面积", "预测建筑面积")),
        Field("measured_area", kinds.Area(), ("实测面积", "实测建筑面积")),
        Field("gross_area", kinds.Area(), ("建筑面积", "面积", "建面"), required=True),
        Field("inner_area", kinds.Area(), ("套内面积", "套内建筑面积")),
        Field("shared_area", kinds.Area(), ("公摊", "公摊面积", "分摊面积")),
        Field("orientation", kinds.Text(), ("朝向",)),
        Field("list_unit_price", kinds.Amount(per_unit=True), ("备案单价", "单价", "表单价", "建面单价")),
        Field("list_total", kinds.Amount(), ("备案总价", "总价", "表总价", "房屋总价")),
        Field("discounted_total", kinds.Amount(), ("折后总价", "优惠后总价", "底总价")),
        Field("presale_permit_no", kinds.Text(), ("预售证号", "预售许可证号", "预售许可证")),
        Field(
            "state",
            kinds.Text(),
            ("销售状态", "状态", "销控状态"),
            left_out="ignored_live_control_decides",
        ),
        Field("remark", kinds.LongText(), ("备注", "说明")),
    ],
)
