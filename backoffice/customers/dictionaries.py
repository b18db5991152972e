"""The values a customer's fields may take at first, with the other words people use for each.

Managers add to them and retire them; what is already there is never overwritten. Source: glossary.md,
spreadsheets.md 2, systems.md 18.
"""

from backoffice.registers.dictionaries import load_defaults

# {dictionary: ((code, label, English label, other words), …)}
DEFAULTS = {
    "gender": (
        ("male", "男", "male", ("先生", "M", "男性", "male")),
        ("female", "女", "female", ("女士", "小姐", "F", "女性", "female")),
    ),
    "identity_kind": (
        ("identity_card", "身份证", "identity card", ("居民身份证", "二代身份证")),
        ("household_register", "户口簿", "household register", ("户口本",)),
        ("passport", "护照", "passport", ()),
        ("officer_card", "军官证", "officer's card", ("士官证",)),
        ("hk_macau_permit", "港澳通行证", "Hong Kong and Macau permit", ("港澳居民来往内地通行证", "回乡证")),
        ("taiwan_permit", "台胞证", "Taiwan permit", ("台湾居民来往大陆通行证",)),
        ("foreigner_permit", "外国人永久居留证", "foreigner's residence card", ()),
        ("business_licence", "营业执照", "business licence", ("统一社会信用代码",)),
    ),
    "relation": (
        ("spouse", "配偶", "spouse", ("丈夫", "妻子", "爱人", "老公", "老婆")),
        ("parent", "父母", "parent", ("父亲", "母亲", "岳父", "岳母", "公公", "婆婆")),
        ("child", "子女", "child", ("儿子", "女儿", "孩子")),
        ("co_buyer", "共同购房人", "co-buyer", ("共有人", "合买")),
        ("relative", "亲戚", "relative", ("兄弟", "姐妹", "亲属")),
        ("friend", "朋友", "friend", ("同事",)),
        ("introducer", "介绍人", "introducer", ("推荐人",)),
    ),
    "intent_grade": (
        ("A", "A", "A", ("a", "A级", "A类")),
        ("B", "B", "B", ("b", "B级", "B类")),
        ("C", "C", "C", ("c", "C级", "C类")),
        ("D", "D", "D", ("d", "D级", "D类")),
    ),
    "awareness_source": (
        ("friend", "朋友介绍", "friend", ("朋友推荐", "亲友介绍")),
        ("channel", "渠道", "channel partner", ("渠道公司", "分销", "中介")),
        ("short_video", "抖音", "short video", ("短视频", "快手")),
        ("online", "线上", "online", ("网络", "线上推广")),
        ("outdoor", "户外广告", "outdoor advertising", ("户外大牌", "户外", "围挡")),
        ("passing_by", "路过", "passing by", ("途经",)),
        ("owner_referral", "老带新", "referred by an owner", ("老客户", "老客户介绍", "业主介绍")),
        ("outreach", "外拓", "outreach", ("拓客", "派单")),
    ),
    "purpose": (
        ("own_use", "自住", "own use", ("刚需",)),
        ("improve", "改善", "a better home", ("改善型",)),
        ("invest", "投资", "investment", ()),
        ("wedding", "婚房", "wedding home", ("结婚",)),
        ("school", "子女上学", "children's school", ("上学",)),
        ("retirement", "养老", "retirement", ()),
    ),
    "layout": (
        ("one_room", "一房", "one bedroom", ("一室", "1房", "1室")),
        ("two_rooms", "两房", "two bedrooms", ("二房", "两室", "2房", "2室")),
        ("three_rooms", "三房", "three bedrooms", ("三室", "3房", "3室")),
        ("four_rooms", "四房", "four bedrooms", ("四室", "4房", "4室")),
        ("five_rooms", "五房", "five bedrooms", ("五室", "5房", "5室")),
        ("duplex", "复式", "duplex", ("跃层",)),
    ),
}


def load(**kwargs):
    """Adds the entries that are missing. Sent after every migrate."""
    load_defaults(DEFAULTS)
