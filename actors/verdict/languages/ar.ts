import { type LanguageWords, plural } from "./language.ts"

const tag = "ar"
const counted = plural(tag)

export const arabic: LanguageWords = {
  tag,
  direction: "right-to-left",
  headline: {
    malicious: (host) => `⛔ رابط خطير: ${host}`,
    suspicious: (host) => `⚠️ رابط مشبوه: ${host}`,
    benign: (host) => `✅ لم يعد ${host} يُعدّ خطيرًا.`
  },
  advice: {
    malicious: "لا تفتحه ولا تُدخل فيه أي بيانات.",
    suspicious: "كن حذرًا: تأكد من المرسل قبل أن تفتحه.",
    benign: "كان التحذير السابق منه خاطئًا أو سُحب."
  },
  because: (reasons) => `السبب: ${reasons.join("؛ ")}`,
  denied: "حظره أحد المشرفين",
  with: (reason, detail) => `${reason} (${detail})`,
  corrected: "(تصحيح)",
  adminsNotified: "أُخطر مشرفو المجموعة.",
  summary: ({ hosts, malicious, suspicious }) =>
    [
      `أثناء كتم Wadjet مرّ دون تنبيه: ${[
        ...(malicious === 0
          ? []
          : [
              counted(malicious, {
                one: "رابط خطير واحد",
                two: "رابطان خطيران",
                few: "# روابط خطيرة",
                many: "# رابطًا خطيرًا",
                other: "# رابط خطير"
              })
            ]),
        ...(suspicious === 0
          ? []
          : [
              counted(suspicious, {
                one: "رابط مشبوه واحد",
                two: "رابطان مشبوهان",
                few: "# روابط مشبوهة",
                many: "# رابطًا مشبوهًا",
                other: "# رابط مشبوه"
              })
            ])
      ].join(" و")}.`,
      ...(hosts.length === 0 ? [] : [`لا تفتح: ${hosts.join("، ")}`])
    ].join("\n"),
  reasons: {
    "structure.credential-name": "اسمه يطلب تسجيل الدخول",
    "structure.lure-name": "اسمه مصوغ للإغراء",
    "structure.coin-name": "اسمه يَعِد بالمال",
    "structure.numeric-label": "اسمه رقم",
    "structure.brand-in-path": "يذكر علامة تجارية لا تخصه",
    "structure.ip-literal": "عنوانه رقم مجرد بدل اسم",
    "structure.address-in-name": "يخفي عنوانًا رقميًا في اسمه",
    "structure.dynamic-dns": "اسم موقعه مؤقت يُستعمل ثم يُرمى",
    "structure.suspicious-tld": "نهاية اسمه تُستعمل غالبًا للاحتيال",
    "structure.generated-name": "اسمه يبدو مولّدًا آليًا",
    "structure.digits-in-name": "اسمه مليء بالأرقام",
    "structure.hyphens": "اسمه كلمات موصولة بشرطات",
    "structure.hosted-name": "اسمه ملفّق على موقع مفتوح لأي شخص",
    "structure.many-labels": "اسمه كثير الأجزاء على غير العادة",
    "structure.long-host": "اسمه طويل على غير العادة",
    "structure.punycode": "في اسمه حروف يسهل الخلط بينها",
    "structure.odd-port": "يستعمل منفذًا غير معتاد",
    "structure.userinfo": "يخفي الموقع الحقيقي وراء اسم آخر",
    "structure.shared-hosting": "يستطيع أي شخص أن ينشر صفحة هناك",
    "structure.plain-http": "اتصاله غير مشفّر",
    "structure.host-in-path": "يذكر موقعًا آخر في مساره",
    "structure.kit-path": "مساره مسار عدّة احتيال معروفة",
    "structure.token-in-path": "يحمل علامة تكشف من يفتحه",
    "structure.address-in-url": "يحمل عنوان شخص ما",
    "structure.scripted-login": "صفحة الدخول فيه تبدو مصنوعة يدويًا",
    "structure.executable": "يقود إلى برنامج",
    "structure.nested-url": null,
    "structure.deep-path": null,
    "structure.long-url": "طويل على غير العادة",
    "structure.shortener": "يخفي وجهته",
    "structure.scheme": "ليس رابط ويب عاديًا",
    "structure.restricted-tld": null,
    "look-alike.high": "ينتحل اسمًا آخر",
    "look-alike.medium": "يشبه اسمًا آخر",
    "look-alike.low": "فيه شبه باسم آخر",
    "brand.owned": null,
    "wrapper.taken-off": null,
    "override.allow": null,
    "override.deny": "حظره أحد المشرفين",
    "page.brand-words": "صفحته تنتحل اسم غيرها",
    "page.password-off-site": "صفحته ترسل كلمات المرور إلى مكان آخر",
    "redirects.final-host-mismatch": "يقود إلى موقع غير الذي يذكره",
    "redirects.long-chain": "يحيل من موقع إلى آخر مرات كثيرة",
    "redirects.loop": "يدور في حلقة",
    "redirects.refused-address": "يقود إلى شبكة خاصة",
    "feed.url": "مدرج في قائمة روابط خطيرة",
    "feed.host": "موقعه مدرج في قائمة مواقع خطيرة",
    "feed.domain": "نطاقه مدرج في قائمة نطاقات خطيرة",
    "feed.remembered": "كان مدرجًا في قائمة روابط خطيرة",
    "safe-browsing.listed": "يحذّر منه Google Safe Browsing",
    "phishtank.verified": "يحذّر منه PhishTank",
    "urlhaus.listed": "يحذّر منه URLhaus",
    "openphish.listed": "يحذّر منه OpenPhish",
    "phishing-database.listed": "مدرج في قاعدة بيانات لمواقع الاحتيال",
    "virustotal.engines-1": "يحذّر منه أحد برامج مكافحة الفيروسات",
    "virustotal.engines-3": "تحذّر منه عدة برامج لمكافحة الفيروسات",
    "urlscan.malicious": "يحذّر منه urlscan",
    "dns-filter.blocked": "تحجبه مرشحات عامة",
    "rdap.age-7": "عمر اسمه أقل من أسبوع",
    "rdap.age-14": "عمر اسمه أقل من أسبوعين",
    "rdap.age-30": "عمر اسمه أقل من شهر",
    "rdap.age-years": null,
    "certificate.age-7": "عمر شهادته أقل من أسبوع",
    "page.password-field": "صفحته تطلب كلمة مرور",
    "page.card-field": "صفحته تطلب رقم بطاقة",
    "structure.cheap-tld": "نهاية اسمه لا تكلّف شيئًا يُذكر",
    "structure.throwaway-hosting": "على استضافة لصفحات تُستعمل ثم تُرمى",
    "structure.ending-in-name": "في اسمه نهاية موقع آخر",
    "structure.credential-host": "موقعه يطلب تسجيل الدخول",
    "site.known": null,
    "certificate.age-1": "شهادته أُصدرت اليوم",
    "urlscan.malicious-host": "رصد urlscan صفحة خبيثة على موقعه",
    "certificate.expired": "انتهت صلاحية شهادته",
    "certificate.name-mismatch": "شهادته لموقع آخر",
    "certificate.not-yet-valid": "شهادته لم تسرِ بعد",
    "certificate.self-signed": "لا يشهد له سوى نفسه",
    "certificate.untrusted": "لا أحد يضمن شهادته",
    "page.form-off-site": "صفحته ترسل ما تكتبه إلى موقع آخر",
    "page.brand-login": "صفحته تطلب بيانات سرية باسم غيرها",
    "page.brand-icon": "صفحته تعرض أيقونة غيرها"
  }
}
