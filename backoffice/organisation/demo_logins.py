"""Who can sign in to the demo site: (user name, password, role code, name). Plain data, read before Django is up.

The embedded settings alone have these accounts; `seed_demo` refuses to run under production settings.
"""

PASSWORD = "lanqiao-2025"  # noqa: S105  well known on purpose

DEMO_LOGINS = [
    (username, PASSWORD, role, name)
    for username, role, name in (
        ("gm", "GM", "顾行舟"),
        ("dir", "DIR", "闻人清"),
        ("sm", "SM", "方知行"),
        ("dsm", "DSM", "祝晚晴"),
        ("ss1", "SS", "裴书野"),
        ("ss2", "SS", "柏若岚"),
        ("pc1", "PC", "李岚"),
        ("pc2", "PC", "周一"),
        ("rc", "RC", "花知夏"),
        ("bo", "BO", "应细细"),
        ("tmc", "TMC", "路明远"),
        ("csm", "CSM", "温如许"),
        ("csa", "CSA", "苗小禾"),
        ("fin", "FIN", "钟算盘"),
        ("hr", "HR", "安予宁"),
        ("mkt", "MKT", "凌画眉"),
        ("leg", "LEG", "严守约"),
        ("stk", "STK", "库小满"),
        ("edt", "EDT", "文砚青"),
        ("trn", "TRN", "施教之"),
        ("sys", "SYS", "齐维安"),
        ("aud", "AUD", "明察秋"),
        ("dev", "DEV", "甄把关"),
        ("eng", "ENG", "房坚固"),
        ("vnd", "VND", "洁如新"),
        ("chn", "CHN", "引客来"),
    )
]
# Holds every right but looking behind masks, and no position: appoints those whom nobody else may appoint.
ADMINISTRATOR = ("admin", PASSWORD)
