/** What those who give commands read, in Arabic. Commands stay as they are typed, each isolated. */
import type { CommandWords } from "./command-words.ts"

const ltr = (text: string) => `\u2066${text}\u2069`
const auto = (text: string) => `\u2068${text}\u2069`

/** Arabic counts one, two, few (3 to 10) and many. */
const times = (count: number, one: string, two: string, few: string, many: string) => {
  if (count === 1) return one
  if (count === 2) return two
  const last = count % 100
  return `${count} ${last >= 3 && last <= 10 ? few : many}`
}

const levels = { malicious: "خطير", suspicious: "مشبوه", benign: "لا شبهة عليه" } as const

const members = (count: number) => times(count, "عضو واحد", "عضوان", "أعضاء", "عضوًا")

export const arabic: CommandWords = {
  usage: {
    help: ltr("help"),
    scan: ltr("scan LINK"),
    report: `${ltr("report [LINK]")} (بلا رابط: ردًا على تحذير، أو على الرسالة المقصودة به)`,
    optout: ltr("optout"),
    optin: ltr("optin"),
    status: ltr("status"),
    rescan: ltr("rescan LINK"),
    explain: ltr("explain LINK"),
    mute: ltr("mute [2h]"),
    unmute: ltr("unmute"),
    allow: ltr("allow LINK|DOMAIN [for 2d] [reason]"),
    deny: ltr("deny LINK|DOMAIN [for 2d] [reason]"),
    overrides: ltr("overrides [remove CODE]"),
    settings: ltr("settings [NAME VALUE]"),
    consent: ltr("consent [yes|no]"),
    consentstatus: ltr("consentstatus"),
    approve: ltr("approve [NUMBER|all]"),
    schedule: ltr("schedule [[2026-12-31] 23:59 TEXT | cancel CODE]"),
    governance: ltr("governance [10]"),
    pair: ltr("pair"),
    "pair-status": ltr("pair-status"),
    "pair-reset": ltr("pair-reset")
  },
  about: {
    help: "هذه القائمة",
    scan: "ما يُعرف عن رابط",
    report: "الإبلاغ عن تحذير خاطئ",
    optout: "لا تُقرأ رسائلك بعد الآن",
    optin: "تُقرأ رسائلك من جديد",
    status: "كيف تُعامل هذه المحادثة",
    rescan: "فحص رابط من جديد",
    explain: "سبب الحكم على رابط",
    mute: "إيقاف التحذيرات مدة",
    unmute: "عودة التحذيرات",
    allow: "لا تحذير منه هنا أبدًا",
    deny: "تحذير منه هنا دائمًا",
    overrides: "المسموح والممنوع، أو إلغاء شيء منه",
    settings: "عرض الإعدادات أو تغييرها",
    consent: "الموافقة على قراءة الرسائل هنا أو سحبها",
    consentstatus: "ما تمت الموافقة عليه",
    approve: "من يطلب الانضمام، أو قبوله",
    schedule: "ما سيُقال هنا في وقته، أو إلغاؤه",
    governance: "من أعطى أي أمر مؤخرًا",
    pair: "كيف يُربط رقم",
    "pair-status": "حالة الاتصال",
    "pair-reset": "الاتصال من جديد"
  },
  help: (lines) => `اكتب ${ltr("!wadjet")} ثم أحد هذه الأوامر:\n${lines.join("\n")}`,
  unknown: (found, nearest) =>
    `لا يوجد أمر ${auto(found)}. هل تقصد ${ltr(`!wadjet ${nearest}`)}؟ القائمة كلها: ${ltr("!wadjet help")}.`,
  unexpected: {
    link: (command, found) => `المتوقع رابط بعد ${ltr(command)}، والموجود ${auto(found)}.`,
    "link-or-domain": (command, found) =>
      `المتوقع رابط أو نطاق بعد ${ltr(command)}، مثل ${ltr("example[.]com")}، والموجود ${auto(found)}.`,
    duration: (_, found) =>
      `المتوقع مدة من ${ltr("1m")} إلى ${ltr("366d")}، مثل ${ltr("30m")} أو ${ltr("2h")}، والموجود ${auto(found)}.`,
    reason: () => "المتوقع سبب من 200 حرف على الأكثر، والموجود أطول.",
    count: (command, found) => `المتوقع رقم من 1 إلى 25 بعد ${ltr(command)}، والموجود ${auto(found)}.`,
    nothing: (command, found) => `لا يُتوقع شيء بعد ${ltr(command)}، والموجود ${auto(found)}.`,
    "yes-or-no": (command, found) =>
      `المتوقع ${ltr("yes")} أو ${ltr("no")} بعد ${ltr(command)}، والموجود ${auto(found)}.`,
    moment: (command, found) =>
      `المتوقع وقت بعد ${ltr(command)}، مثل ${ltr("23:59")} أو ${ltr("2026-12-31 23:59")}، والموجود ${auto(found)}.`,
    words: (command, found) =>
      `المتوقع ما سيُقال بعد الوقت في ${ltr(command)}، لا أمر، والموجود ${auto(found)}.`,
    code: (command, found) =>
      `المتوقع رمز من ${ltr(command)}، مثل ${ltr("3f2a")}، والموجود ${auto(found)}. القائمة: ${ltr(`!wadjet ${command}`)}.`
  },
  unknownSetting: (found, nearest) =>
    `لا يوجد إعداد ${auto(found)}. هل تقصد ${ltr(nearest)}؟ القائمة كلها: ${ltr("!wadjet settings")}.`,
  badSetting: (key, expected, found) =>
    `المتوقع أن يكون ${ltr(key)}: ${auto(expected)}، والموجود ${auto(found)}.`,
  setIn: { "this-chat": "مضبوط هنا", "all-chats": "مضبوط لكل المحادثات" },
  settingSet: (key, value) => `${ltr(key)} من الآن: ${auto(value)}.`,
  notAllowed: {
    admin: "هذا لمشرفي المجموعة فقط.",
    operator: "هذا للمشغّل فقط، في محادثة معه وحده."
  },
  tooMany: (until) =>
    `أوامر كثيرة: لا تُجاب أوامرك هنا حتى ${auto(until)}. ويُنفَّذ ${ltr("!wadjet optout")} على كل حال.`,
  muted: (until) => `أُوقفت التحذيرات حتى ${auto(until)}. وما كان سيُقال يُحصى.`,
  muteOver: "انتهت هذه المدة قبل أن يصل الأمر؛ لم يُوقف شيء.",
  unmuted: "عادت التحذيرات.",
  notMuted: "التحذيرات غير موقوفة في هذه المحادثة.",
  ruled: ({ effect, pattern, until }) =>
    `${effect === "allow" ? "مسموح" : "ممنوع"} في هذه المحادثة: ${ltr(pattern)}${until === undefined ? "" : ` حتى ${auto(until)}`}.`,
  override: ({ code, effect, everywhere, pattern, reason, until }) =>
    `${ltr(code)} · ${effect === "allow" ? "✅ مسموح" : "⛔ ممنوع"} ${ltr(pattern)}${until === undefined ? "" : ` حتى ${auto(until)}`}${everywhere ? " (في كل مكان)" : ""}${reason === undefined ? "" : ` — ${auto(reason)}`}`,
  overrides: (lines, more) =>
    `${lines.join("\n")}${more === 0 ? "" : `\nو${more} غيرها`}\n${ltr("!wadjet overrides remove CODE")} يلغي واحدًا منها.`,
  noOverrides: "لا شيء مسموح أو ممنوع في هذه المحادثة.",
  overrideRemoved: ({ effect, pattern }) =>
    `لم يعد ${effect === "allow" ? "مسموحًا" : "ممنوعًا"} في هذه المحادثة: ${ltr(pattern)}.`,
  noSuchOverride: (code) =>
    `لا شيء مسموح أو ممنوع هنا بالرمز ${ltr(code)}. القائمة: ${ltr("!wadjet overrides")}.`,
  status: ({ consent, enabled, mutedUntil, optedOut, overrides, simulate }) =>
    [
      enabled ? (simulate ? "تُفحص الروابط ولا يُقال شيء (محاكاة)." : "الروابط مراقَبة.") : "متوقف.",
      mutedUntil === undefined ? "التحذيرات غير موقوفة." : `التحذيرات موقوفة حتى ${auto(mutedUntil)}.`,
      consent.given
        ? "أُعطيت الموافقة."
        : consent.required
          ? "بانتظار الموافقة: لا يُقرأ شيء."
          : "الموافقة غير مطلوبة.",
      `المسموح والممنوع هنا: ${overrides}.`,
      ...(optedOut === 0 ? [] : [`لا تُقرأ رسائل ${members(optedOut)}.`])
    ].join("\n"),
  scanned: {
    malicious: (host) => `⛔ ${ltr(host)} خطير. لا تفتحه.`,
    suspicious: (host) => `⚠️ ${ltr(host)} مشبوه. كن حذرًا.`,
    benign: (host) => `✅ لا يُعرف سوء عن ${ltr(host)}. ابقَ حذرًا مع ذلك.`
  },
  notScanned: (host) => `تعذّر فحص ${ltr(host)} في الوقت المتاح. هذا لا يدل على شيء.`,
  explained: ({ host, level, missing, overridden, reasons, ruleSet, score }) =>
    [
      `${ltr(host)}: ${levels[level]}، ${score} نقطة حسب ${ltr(ruleSet)}.`,
      ...(overridden ? ["يحكم هنا سماح أو منع، أيًا كان ما وُجد."] : []),
      ...(reasons.length === 0 ? ["لا شيء يدل على خطره."] : reasons.map((reason) => `• ${auto(reason)}`)),
      ...(missing === 0 ? [] : [`مصادر بلا جواب: ${missing}. وهذا يعني أن لا شيء معروف منها.`])
    ].join("\n"),
  needsReply: `رُدَّ على التحذير المقصود، أو على الرسالة المقصودة به، بكتابة ${ltr("!wadjet report")}؛ أو اكتب الرابط بعده.`,
  reported: "شكرًا. سينظر المشغّل في الأمر.",
  reportedBefore: "سبق أن أبلغت عن هذا.",
  consentNotice: ({ keptForDays, required }) =>
    [
      `يحذّر ${ltr("Wadjet")} هذه المجموعة من الروابط الخطرة.`,
      `يقرأ الرسائل هنا بحثًا عن الروابط ويحفظها مشفّرة ${keptForDays === 0 ? "حتى يحذفها مشغّله" : `مدة ${times(keptForDays, "يوم واحد", "يومين", "أيام", "يومًا")} وما بقي من ذلك الشهر`}.`,
      required
        ? `لا يُقرأ شيء قبل موافقة مشرف: ${ltr("!wadjet consent")}`
        : `يستطيع المشرف إنهاء ذلك: ${ltr("!wadjet consent no")}`,
      `من لا يريد أن تُقرأ رسائله: ${ltr("!wadjet optout")}. كل الأوامر: ${ltr("!wadjet help")}`
    ].join("\n"),
  consentGiven: `أُعطيت الموافقة: تُقرأ رسائل هذه المحادثة بحثًا عن الروابط من الآن. ${ltr("!wadjet consent no")} يسحبها.`,
  consentWithdrawn: "سُحبت الموافقة: لا يُقرأ شيء في هذه المحادثة من الآن سوى الأوامر.",
  consentStatus: ({ given, required, since }) =>
    `${given ? "أُعطيت الموافقة" : required ? "الموافقة مطلوبة ولم تُعطَ" : "الموافقة غير مطلوبة"}${since === undefined ? "" : ` (${auto(since)})`}.`,
  optedOut: `من الآن لا تُقرأ رسائلك في هذه المحادثة سوى الأوامر. ${ltr("!wadjet optin")} يغيّر ذلك.`,
  optedIn: "تُقرأ رسائلك في هذه المحادثة بحثًا عن الروابط من جديد.",
  governance: (lines) => lines.join("\n"),
  deed: ({ at, command, role }) => auto(`${at} ${role} ${command}`),
  noDeeds: "لم يُعطَ أي أمر في هذه المحادثة حتى الآن.",
  notAGroup: "طلبات الانضمام للمجموعات فقط.",
  pending: (lines, more) =>
    `يطلبون الانضمام:\n${lines.map(ltr).join("\n")}${more === 0 ? "" : `\nو${more} غيرهم`}\n${ltr("!wadjet approve NUMBER")} يقبل واحدًا، و${ltr("!wadjet approve all")} يقبل الجميع.`,
  nonePending: "لا أحد يطلب الانضمام.",
  notPending: (found) =>
    `المتوقع رقم من يطلب الانضمام، والموجود ${auto(found)}. القائمة: ${ltr("!wadjet approve")}.`,
  approving: (count) => `يُقبل ${members(count)}.`,
  scheduled: ({ at, code, text }) =>
    `سأقول هذا هنا في ${auto(at)}: ${auto(text)}\n${ltr(`!wadjet schedule cancel ${code}`)} يلغيه.`,
  scheduleLine: ({ at, code, text }) => `${ltr(code)} · ${auto(at)} · ${auto(text)}`,
  schedules: (lines, more) =>
    `${lines.join("\n")}${more === 0 ? "" : `\nو${more} غيرها`}\n${ltr("!wadjet schedule cancel CODE")} يلغي واحدًا منها.`,
  nothingScheduled: `لا شيء سيُقال هنا. ${ltr("!wadjet schedule 23:59 TEXT")} يجعله يُقال.`,
  scheduleCancelled: ({ left, of, text }) =>
    `أُلغي: ${auto(text)}${of === 0 ? "" : `\nأُرسل قبل ذلك ${left} من ${of}.`}`,
  noSuchJob: (code) => `لا شيء هنا بالرمز ${ltr(code)}. القائمة: ${ltr("!wadjet schedule")}.`,
  momentOver: "مضى هذا الوقت، أو لا يوجد يوم كهذا. لم يُجدول شيء.",
  scheduleFull: "في هذه المحادثة ما يكفي من المواعيد، ولا يُقبل غيرها. ألغِ واحدًا أولًا.",
  pair: `يُربط الرقم في الصفحة أو بالأمر ${ltr("wadjet link")} على الخادم؛ ولا يُرسل رمزه إلى أي محادثة.`,
  pairStatus: (state) => `حالة الاتصال: ${auto(state)}.`,
  pairReset: "يُعاد الاتصال.",
  cannotDelete: `يُفترض حذف الرسائل الخطرة هنا، لكنني لست مشرفًا: أستطيع التحذير فقط. عيّنوني مشرفًا، أو ${ltr("!wadjet settings delete-malicious off")}`,
  unavailable: "هذا غير ممكن الآن. حاول لاحقًا."
}
