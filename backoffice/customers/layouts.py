"""How the headings of customer lists are written on sites. Source: spreadsheets.md 1 and 4, systems.md 18."""

_WRITTEN = {
    "file_number": "档案编号 档案号 客户档案编号 客户档案号",
    "name": "客户姓名 姓名 客户名称 客户名字 名字 客户 业主姓名 称呼 客户称呼",
    "gender": "性别 客户性别",
    "age": "年龄 客户年龄 岁数",
    "phone": (
        "联系电话 手机号码 手机号 手机 电话 电话号码 联系方式 客户电话 客户手机 联系手机 "
        "移动电话 主电话 本人电话 联系号码"
    ),
    "further_phones": (
        "备用电话 其他电话 其它电话 第二电话 备用手机 备用联系方式 固定电话 座机 家庭电话 电话2 "
        "手机2 备用号码 其他联系方式 联系电话2"
    ),
    "identity_kind": "证件类型 证件种类 证件类别 证件名称",
    "identity_number": "身份证号 身份证号码 身份证 证件号码 证件号 证件编号 公民身份号码 身份证件号码",
    "birth_date": "出生日期 生日 出生年月日",
    "occupation": "职业 客户职业 从事行业 行业 工作",
    "workplace": "工作单位 单位名称 工作地点 工作区域 单位 公司",
    "district": "居住区域 居住地 居住片区 居住地区 所在区域 区域 现居住区域 居住板块 来源区域",
    "home_address": "家庭住址 家庭地址 住址 现住址 居住地址 通讯地址 联系地址 地址 详细地址",
    "household": "家庭结构 家庭人口 家庭情况 家庭成员",
    "purpose": "购房用途 置业目的 购房目的 购买用途 用途 置业用途 购房动机 置业动机",
    "budget": "预算 购房预算 意向总价 总价预算 总价 心理价位 预算总价 购买预算 意向价格",
    "layout_wish": "意向户型 需求户型 户型需求 户型 意向房型 需求房型 关注户型",
    "area_wish": "意向面积 需求面积 面积需求 面积 面积段 关注面积",
    "payment_way": "付款方式 意向付款方式 支付方式",
    "fit_out_wish": "装修要求 装修标准 装修需求",
    "product_types": "意向产品 产品类型 意向业态 业态",
    "planned_time": "计划购房时间 购房计划 计划置业时间 意向购房时间",
    "price_sensitivity": "价格敏感度 价格敏感",
    "ability_to_pay": "支付能力 付款能力 资金情况",
    "awareness_source": (
        "认知途径 来源 客户来源 认知渠道 获知途径 获知渠道 媒体来源 来源渠道 渠道来源 途径 信息来源 了解途径"
    ),
    "first_contact_at": (
        "首次接触日期 首访日期 首次来访 首次来访日期 首次到访 首次到访日期 首次接触时间 "
        "首访时间 首次来访时间 初访日期 首次登记日期 登记日期 建档日期 来访日期 首次联系日期"
    ),
    "last_contact_at": "最近跟进日期 最近联系日期 最后跟进时间 最近跟进 最近回访",
    "owner_consultant": (
        "置业顾问 销售代表 顾问 销售顾问 归属顾问 客户归属 归属人 销售员 业务员 接待顾问 跟进人 所属顾问 责任顾问"
    ),
    "intent_grade": "意向等级 级别 客户级别 客户等级 意向级别 等级 意向度 意向程度 客户意向",
    "concerns": "关注点 关注重点 关注要点",
    "competitors_seen": "竞品 竞品项目 对比项目 看过项目 竞争项目",
    "suggestions": "客户建议 意见建议 建议",
    "do_not_contact": "谢绝联系 谢绝来电 勿扰 免打扰 拒绝联系 请勿联系 不再联系",
    "related_persons": "关联人 相关人员 同行人 共同购房人 关系人 家属",
    "remark": "备注 说明 备注说明 其他 跟进备注 客户备注 其它 备注信息",
}

HEADINGS = {field: tuple(words.split()) for field, words in _WRITTEN.items()}

# Where a cell that holds more than its own value puts the rest, and which field names the kind of paper.
CELLS = {
    "name": {"related": "related_persons"},
    "phone": {"further": "further_phones"},
    "identity_number": {"kind_field": "identity_kind"},
}
