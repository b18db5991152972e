"""Clock events, appraisals and training sheets. Source: systems.md 64, 67 and 69."""

from backoffice.registers.sheets import kinds
from backoffice.registers.sheets.layout import Layout
from backoffice.registers.sheets.layout import LayoutField as Field

ATTENDANCE = Layout(
    code="attendance",
    keys=[("card_number", "clocked_at"), ("employee", "clocked_at")],
    fields=[
        Field("card_number", kinds.Person("cards"), ("卡号", "考勤卡号", "考勤号码", "登记号码")),
        Field("employee_number", kinds.Text(), ("工号", "员工编号", "人员编号")),
        Field("employee", kinds.Text(), ("姓名", "员工姓名", "人员姓名")),
        Field("department", kinds.Text(), ("部门", "所属部门")),
        Field(
            "clocked_at",
            kinds.Instant(timed=True),
            ("日期时间", "打卡日期时间", "考勤时间", "签到签退时间"),
            required=True,
            date_headings=("打卡日期", "考勤日期", "日期"),
            time_headings=("打卡时间", "时间"),
        ),
        Field("device", kinds.Text(), ("设备", "设备名称", "机器号", "考勤机")),
        Field("device_state", kinds.Text(), ("状态", "打卡状态", "考勤状态")),
    ],
)

APPRAISAL = Layout(
    code="appraisal",
    keys=[("cycle", "employee")],
    fields=[
        Field("cycle", kinds.Text(), ("考核周期", "周期", "考核期"), required=True),
        Field("employee", kinds.Person("employees"), ("姓名", "被考核人", "员工姓名"), required=True),
        Field("position", kinds.Text(), ("岗位", "职位")),
        Field("superior", kinds.Text(), ("直接上级", "上级", "考核人")),
        Field("performance_score", kinds.Score(), ("业绩", "工作业绩", "业绩得分"), required=True),
        Field("satisfaction_score", kinds.Score(), ("客户满意度", "满意度"), required=True),
        Field("attitude_score", kinds.Score(), ("工作态度", "态度"), required=True),
        Field("ability_score", kinds.Score(), ("工作能力", "能力"), required=True),
        Field("total_score", kinds.Score(100), ("总分", "考核总分", "合计得分")),
        Field("appraisal_grade", kinds.Text(), ("等级", "考核等级", "评定等级")),
        Field("interviewed_on", kinds.Day(), ("面谈日期", "面谈时间")),
        Field("employee_comment", kinds.LongText(), ("员工意见", "本人意见", "员工反馈")),
    ],
)

TRAINING = Layout(
    code="training",
    keys=[("participant", "session_date")],
    title_labels={
        "日期": "session_date",
        "培训日期": "session_date",
        "时间": "session_date",
        "主题": "topic",
        "课题": "topic",
        "培训主题": "topic",
        "讲师": "lecturer",
        "培训讲师": "lecturer",
    },
    fields=[
        Field("session_date", kinds.Day(), ("培训日期", "日期"), required=True, day_from_sheet=True),
        Field("topic", kinds.Text(), ("主题", "培训主题", "课题"), from_context="topic"),
        Field("lecturer", kinds.Text(), ("讲师",), from_context="lecturer"),
        Field("participant", kinds.Person("employees"), ("姓名", "参训人", "学员"), required=True),
        Field("department", kinds.Text(), ("部门",)),
        Field("position", kinds.Text(), ("岗位", "职位")),
        Field("present", kinds.YesNo(), ("是否到课", "到课", "是否出勤", "出勤")),
        Field("sign_in_at", kinds.Time(), ("签到时间", "签到")),
        Field("sign_out_at", kinds.Time(), ("签退时间", "签退")),
        Field("written_score", kinds.Score(100), ("笔试成绩", "成绩", "笔试", "考试成绩")),
        Field("passed", kinds.YesNo(), ("是否合格", "合格", "考核结果")),
        Field("lecturer_comment", kinds.LongText(), ("讲师评语", "评语")),
        Field("absence_reason", kinds.Text(), ("缺席原因", "缺勤原因")),
    ],
)
