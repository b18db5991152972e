"""Visit and call logs as sites keep them. Source: spreadsheets.md 4 L-01 and L-02, systems.md 12 and 13."""

from backoffice.registers.sheets import kinds
from backoffice.registers.sheets.layout import Layout
from backoffice.registers.sheets.layout import LayoutField as Field

# Visitors from rival firms stand in the same lists; they leave neither name nor telephone.
PEER_WORDS = ("市调", "同行", "同行市调", "踩盘")

VISIT = Layout(
    code="visit",
    keys=[("phone", "arrived_at")],
    fields=[
        Field(
            "arrived_at",
            kinds.Instant(),
            required=True,
            date_headings=("日期", "来访日期", "到访日期", "登记日期", "来访/日期"),
            time_headings=("到访时间", "来访时间", "到访", "时间", "进场时间"),
        ),
        Field("left_at", kinds.Time(), ("离开时间", "离场时间", "离开")),
        Field(
            "name",
            kinds.Name(related="related_persons"),
            ("姓名", "客户姓名", "客户", "来访人", "客户名称"),
            required=True,
            required_unless=("peer_research", True),
        ),
        Field("gender", kinds.Gender("gender"), ("性别", "客户性别")),
        Field(
            "phone",
            kinds.Phone(further="further_phones"),
            ("电话", "联系电话", "手机", "手机号", "手机号码", "联系方式", "客户电话"),
            required=True,
            required_unless=("peer_research", True),
        ),
        Field("further_phones", kinds.PhoneList(), ("备用电话", "其他电话")),
        Field("age", kinds.Integer(0, 120), ("年龄",)),
        Field("occupation", kinds.Text(), ("职业",)),
        Field("district", kinds.Text(), ("居住地", "居住区域", "居住片区", "区域")),
        Field("need_layout", kinds.ChoiceList("layout"), ("户型", "意向户型", "需求户型")),
        Field("need_area", kinds.AreaRange(), ("面积", "意向面积", "需求面积")),
        Field("budget", kinds.AmountRange(), ("总价", "预算", "意向总价", "总价预算")),
        Field("payment_way", kinds.Choice("payment_way"), ("付款方式", "付款")),
        Field("purpose", kinds.ChoiceList("purpose"), ("用途", "购房用途", "置业目的")),
        Field(
            "first_or_return",
            kinds.Choice("first_or_return"),
            ("首/复", "首访/复访", "首复", "到访类型", "来访类型", "首访复访"),
        ),
        Field("party_size", kinds.Integer(0), ("人数", "来访人数", "到访人数")),
        Field(
            "awareness_source",
            kinds.ChoiceList("awareness_source", instead={word: {"peer_research": True} for word in PEER_WORDS}),
            ("认知途径", "认知渠道", "途径", "来源", "获知途径"),
        ),
        Field("peer_research", kinds.YesNo(), ("是否市调", "同行市调")),
        Field(
            "receiving_consultant",
            kinds.Person("consultants"),
            ("置业顾问", "接待顾问", "接待人", "顾问", "接待销售", "销售代表"),
        ),
        Field("intent_grade", kinds.Choice("intent_grade"), ("级别", "意向等级", "客户级别", "等级")),
        Field("concerns", kinds.Text(), ("关注点", "关注重点")),
        Field("objections", kinds.Text(), ("抗性", "抗性点", "异议")),
        Field("next_follow_up_on", kinds.Day(), ("下次跟进", "下次跟进日期", "下次回访", "下次")),
        Field("related_persons", kinds.TextList()),
        Field("remark", kinds.LongText(), ("备注", "接待备注", "说明")),
    ],
)

CALL = Layout(
    code="call",
    keys=[("phone", "call_start")],
    title_labels={"日期": "date"},
    fields=[
        Field(
            "call_start",
            kinds.Instant(),
            required=True,
            date_headings=("来电日期", "日期"),
            time_headings=("时间", "来电时间"),
            day_from_sheet=True,
        ),
        Field(
            "caller_name",
            kinds.Name(related="related_persons"),
            ("客户姓名", "来电人", "姓名", "客户"),
            required=True,
            required_unless=("caller_kind", "peer_research"),
        ),
        Field("gender", kinds.Gender("gender"), ("性别",)),
        Field(
            "phone",
            kinds.Phone(further="further_phones"),
            ("联系电话", "来电号码", "电话", "手机", "来电电话", "手机号码"),
            required=True,
            required_unless=("caller_kind", "peer_research"),
        ),
        Field("further_phones", kinds.PhoneList(), ("备用电话",)),
        Field("district", kinds.Text(), ("居住区域", "居住地", "区域")),
        Field("need_layout", kinds.ChoiceList("layout"), ("意向户型", "需求户型", "户型")),
        Field("need_area", kinds.AreaRange(), ("意向面积", "需求面积", "面积")),
        Field("budget", kinds.AmountRange(), ("预算", "总价", "意向总价")),
        Field(
            "awareness_source",
            kinds.ChoiceList(
                "awareness_source", instead={word: {"caller_kind": "peer_research"} for word in PEER_WORDS}
            ),
            ("认知途径", "认知渠道", "途径", "来源"),
        ),
        Field("questions", kinds.LongText(), ("客户问题", "咨询内容", "问题")),
        Field("answered_by", kinds.Person("consultants"), ("接听人", "接听顾问", "置业顾问")),
        Field("message_sent", kinds.YesNo(), ("是否发短信", "短信", "发短信")),
        Field(
            "caller_kind",
            kinds.Choice(options={"customer": ("客户", "意向客户"), "peer_research": PEER_WORDS}),
            ("来电类别", "类别", "来电类型"),
        ),
        Field("related_persons", kinds.TextList()),
        Field("remark", kinds.LongText(), ("备注", "说明")),
    ],
)
