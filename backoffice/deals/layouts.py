"""Orders, receipts and bank lines as sites keep them.

Sources: spreadsheets.md 4 L-05 and L-06, systems.md 29 and 31.
"""

from backoffice.registers.sheets import kinds
from backoffice.registers.sheets.layout import Layout
from backoffice.registers.sheets.layout import LayoutField as Field

# A total price below this can only be ten thousand yuan.
BARE_WAN_BELOW = 100_000

ORDER = Layout(
    code="order",
    keys=[("unit_code",)],
    fields=[
        Field(
            "signed_at",
            kinds.Instant(),
            ("日期", "认购日期", "认购/日期", "订购日期", "认购时间"),
            required=True,
        ),
        Field("unit_code", kinds.UnitCode(), ("房号", "房源", "认购房号"), required=True),
        Field(
            "customers",
            kinds.Names(cancelled="cancelled"),
            ("客户", "客户姓名", "姓名", "买受人", "认购人"),
            required=True,
        ),
        Field("identity_numbers", kinds.IdentityNumbers(), ("身份证", "身份证号", "证件号码", "身份证号码")),
        Field(
            "phone",
            kinds.Phone(further="further_phones"),
            ("电话", "联系电话", "手机", "手机号码"),
            required=True,
        ),
        Field("further_phones", kinds.PhoneList()),
        Field("gross_area", kinds.Area(), ("面积", "建筑面积")),
        Field("list_unit_price", kinds.Amount(per_unit=True), ("单价", "备案单价")),
        Field("list_total", kinds.Amount(guess_below=BARE_WAN_BELOW), ("总价", "原总价", "备案总价")),
        Field("deposit", kinds.Amount(), ("定金", "认购金")),
        Field("discount", kinds.Discount(), ("折扣", "优惠折扣", "优惠/折扣")),
        Field("discount_reason", kinds.Text(), ("优惠/原因", "折扣原因", "优惠原因", "原因")),
        Field("discount_approver", kinds.Text(), ("优惠/审批人", "审批人", "优惠审批人")),
        Field(
            "order_price",
            kinds.Amount(guess_below=BARE_WAN_BELOW),
            ("成交总价", "成交价", "认购总价", "折后总价"),
            required=True,
        ),
        Field("payment_way", kinds.Choice("payment_way"), ("付款/方式", "付款方式", "方式")),
        Field("first_payment_share", kinds.Share(), ("首付比例", "首付成数")),
        Field("first_payment", kinds.Amount(), ("首付金额", "首付款", "首付")),
        Field("loan_amount", kinds.Amount(), ("贷款额", "贷款金额", "按揭金额")),
        Field("loan_bank", kinds.Text(), ("付款/银行", "贷款银行", "按揭银行", "银行")),
        Field("contract_signed_on", kinds.Day(), ("签约日期", "签约/日期", "签约时间")),
        Field("contract_number", kinds.Text(), ("合同号", "合同编号")),
        Field("online_signing_number", kinds.Text(), ("网签号", "网签编号", "网签合同号")),
        Field(
            "awareness_source",
            kinds.ChoiceList("awareness_source"),
            ("渠道/来源", "来源", "认知途径", "客户来源"),
        ),
        Field("channel_firm", kinds.Text(), ("渠道/公司", "渠道公司", "公司")),
        Field("channel_agent", kinds.Text(), ("渠道/经办", "经办", "经纪人", "渠道经办")),
        Field("consultant", kinds.Person("consultants"), ("顾问", "置业顾问", "销售顾问"), required=True),
        Field("cancelled", kinds.YesNo(), ("是否退订", "退订")),
        Field("remark", kinds.LongText(), ("备注", "说明")),
    ],
)


def is_no_receipt(values) -> bool:
    """Bank lines that bring no money in: outgoing ones, and charges booked as negative incoming amounts."""
    amount = values.get("amount")
    return amount < 0 if amount is not None else values.get("amount_out") is not None


RECEIPT = Layout(
    code="receipt",
    keys=[
        ("receipt_number",),
        ("received_at", "amount", "payer_account", "summary", "balance"),
        ("unit_code",),
    ],
    ignore=is_no_receipt,
    fields=[
        Field("receipt_number", kinds.Text(), ("收据号", "收据编号", "票据号", "收据号码")),
        Field(
            "received_at",
            kinds.Instant(),
            required=True,
            date_headings=("收款日期", "交易日期", "日期", "到账日期", "记账日期", "放款日期"),
            time_headings=("交易时间", "收款时间", "时间"),
        ),
        Field("unit_code", kinds.UnitCode(), ("房号", "房源")),
        Field("customers", kinds.Names(), ("客户", "客户姓名", "业主")),
        Field("instalment", kinds.Text(), ("款项", "款项类型", "款项名称", "款项性质")),
        Field("amount_out", kinds.Amount(summed=False), ("借方金额", "支出", "支出金额", "借方发生额")),
        Field(
            "amount",
            kinds.Amount(),
            ("金额", "收款金额", "贷方金额", "收入", "收入金额", "贷方发生额", "贷款金额", "放款金额", "实收金额"),
            required=True,
        ),
        Field("method", kinds.Choice("payment_method"), ("收款方式", "付款方式", "支付方式")),
        Field("payer_name", kinds.Text(), ("付款人", "对方户名", "对方名称", "缴款人", "付款方")),
        Field("payer_account", kinds.BankAccount(), ("付款账号", "对方账号", "付款帐号", "对方帐号")),
        Field("loan_bank", kinds.Text(), ("贷款银行", "银行", "开户行")),
        Field("summary", kinds.Text(), ("摘要", "交易摘要", "用途", "附言")),
        Field("balance", kinds.Amount(summed=False), ("余额", "账户余额")),
        Field("checked_by", kinds.Text(), ("经办", "经办人", "收款人", "出纳")),
        Field("remark", kinds.LongText(), ("备注", "说明")),
    ],
)
