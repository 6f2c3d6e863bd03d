/**
 * 简体中文: what only the page says, one file an area in the folder beside it; what messages say too stands in `server/contract/words/`. Every other
 * locale has exactly these keys; `template.ts` there says what `{…}` and `[…]` mean.
 */
import { words } from "../../../server/contract/words/zh-CN.ts";
import { adopting } from "./zh-CN/adopting.ts";
import { alerting } from "./zh-CN/alerting.ts";
import { alerts } from "./zh-CN/alerts.ts";
import { audit } from "./zh-CN/audit.ts";
import { calendar } from "./zh-CN/calendar.ts";
import { charts } from "./zh-CN/charts.ts";
import { devices } from "./zh-CN/devices.ts";
import { exceptions } from "./zh-CN/exceptions.ts";
import { health } from "./zh-CN/health.ts";
import { house } from "./zh-CN/house.ts";
import { mappings } from "./zh-CN/mappings.ts";
import { meters } from "./zh-CN/meters.ts";
import { months } from "./zh-CN/months.ts";
import { people } from "./zh-CN/people.ts";
import { policies } from "./zh-CN/policies.ts";
import { problems } from "./zh-CN/problems.ts";
import { savings } from "./zh-CN/savings.ts";
import { why } from "./zh-CN/why.ts";

export const messages = {
  ...words,
  ...adopting,
  ...alerting,
  ...alerts,
  ...audit,
  ...calendar,
  ...charts,
  ...devices,
  ...exceptions,
  ...health,
  ...house,
  ...mappings,
  ...meters,
  ...months,
  ...people,
  ...policies,
  ...problems,
  ...savings,
  ...why,
  "nav.charts": "用能曲线",
  "nav.months": "月通报",
  "nav.meters": "抄表",
  "brand.name": "节约",
  "brand.line": "节约型机关",
  "nav.label": "主导航",
  "nav.skip": "跳到正文",
  "nav.overview": "总览",
  "nav.spaces": "空间",
  "nav.alerts": "告警",
  "nav.findings": "浪费发现",
  "nav.devices": "设备",
  "nav.policies": "规则",
  "nav.approvals": "审批",
  "nav.overrides": "临时例外",
  "nav.people": "人员",
  "nav.audit": "审计",
  "nav.more": "更多",
  "nav.waiting": "{n} 件待处理",
  "common.all": "全部",
  "common.choose": "请选择",
  "common.close": "关闭",
  "common.save": "保存",
  "common.search": "搜索",
  "common.undo": "撤销修改",
  "common.sending": "正在提交…",
  "common.nothing": "没有内容",
  "common.older": "查看更早的",
  "common.unknown": "未知",
  "common.no-space": "未安排位置",
  "common.no-department": "公共",
  "common.the-house": "系统",
  "table.what": "事项",
  "table.device": "设备",
  "table.space": "空间",
  "table.department": "科室",
  "table.assignee": "责任人",
  "table.raised": "时间",
  "table.state": "状态",
  "table.status": "状态",
  "table.severity": "级别",
  "table.actions": "操作",
  "table.policy": "规则",
  "table.mode": "执行方式",
  "table.opened": "发现于",
  "table.began": "开始于",
  "table.closed": "结束于",
  "table.closed-because": "结束原因",
  "table.lasted": "持续",
  "table.wasted": "浪费",
  "table.command": "控制",
  "table.kind": "类型",
  "table.name": "名称",
  "table.point": "测点",
  "table.value": "当前值",
  "table.quality": "数据质量",
  "table.age": "多久之前",
  "table.heard": "最近上报",
  "table.by": "申请人",
  "table.time": "时间",
  "table.subject": "对象",
  "table.asked": "申请时间",
  "table.fate": "结果",
  "table.topic": "主题",
  "table.detail": "说明",
  "table.excerpt": "原文",
  "nav.calendar": "日历",
  "class.office": "办公室",
  "class.meeting": "会议室",
  "class.corridor": "走廊",
  "class.restroom": "卫生间",
  "class.server-room": "机房",
  "class.archive": "档案室",
  "class.canteen": "食堂",
  "class.courtyard": "庭院",
  "class.facade": "楼体外立面",
  "class.garage": "车库",
  "class.clinic": "医务室",
  "class.lobby": "大厅",
  "class.plant-room": "设备机房",
  "nav.messages": "消息",
  "nav.alerting": "谁会收到",
  "nav.savings": "节约量",
  "nav.alarm-health": "告警健康",
} as const satisfies Readonly<Record<string, string>>;

export type Key = keyof typeof messages;
export type Messages = Readonly<Record<Key, string>>;
