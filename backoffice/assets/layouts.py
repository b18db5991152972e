"""Receiving and issuing lists of materials. Source: systems.md 57 and 58."""

from backoffice.registers.sheets import kinds
from backoffice.registers.sheets.layout import Layout
from backoffice.registers.sheets.layout import LayoutField as Field

MATERIAL = Layout(
    code="material",
    keys=[("receipt_number", "name", "spec", "model"), ("issue_number",)],
    fields=[
        Field("received_on", kinds.Day(), ("入库日期", "验收日期", "到货日期")),
        Field("receipt_number", kinds.Text(), ("入库单号", "入库单编号", "验收单号")),
        Field("issue_number", kinds.Text(), ("出库单号", "领用单号", "出库单编号")),
        Field("issued_on", kinds.Day(), ("领用日期", "出库日期")),
        Field("name", kinds.Text(), ("名称", "物料名称", "品名", "物品名称"), required=True),
        Field("spec", kinds.Text(), ("规格", "规格说明")),
        Field("model", kinds.Text(), ("型号",)),
        Field("unit_of_measure", kinds.Text(), ("单位", "计量单位"), required=True),
        Field("quantity", kinds.Quantity(), ("数量", "入库数量", "领用数量", "出库数量"), required=True),
        Field("unit_price", kinds.Amount(per_unit=True), ("单价", "采购单价")),
        Field("amount", kinds.Amount(), ("金额", "总金额", "合计金额")),
        Field("supplier", kinds.Text(), ("供应商", "供货单位", "供货商")),
        Field("checker", kinds.Person("employees"), ("验收人", "验收人员")),
        Field("keeper", kinds.Person("employees"), ("保管人", "保管员", "仓管员")),
        Field("receiver", kinds.Person("employees"), ("领用人", "领取人")),
        Field("department", kinds.Text(), ("领用部门", "部门")),
        Field("purpose", kinds.Text(), ("用途", "领用用途")),
        Field("signed", kinds.YesNo(), ("签字", "是否签字", "签收")),
        Field("place", kinds.Text(), ("存放地点", "库位", "存放位置")),
        Field("remark", kinds.LongText(), ("备注", "说明")),
    ],
)
