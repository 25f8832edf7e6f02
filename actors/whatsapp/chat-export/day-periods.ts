/** Which half of the day a 12-hour clock means; `noon` is Chinese 中午, from eleven to one. */
export type DayPeriod = "am" | "pm" | "noon"

/**
 * How the halves of the day are written, from Unicode CLDR's `dayPeriods` for the languages WhatsApp is in,
 * and as found in exports. A dot may be missing and a blank may be missing; case does not matter.
 */
const writtenAs: Readonly<Record<DayPeriod, ReadonlyArray<string>>> = {
  am: [
    "a. m.", // English, Spanish, Catalan, Dutch, Portuguese, Romanian, and most others
    "ص",
    "صباحًا",
    "صباحا", // Arabic
    "上午",
    "凌晨",
    "清晨",
    "早上",
    "早晨",
    "半夜", // Chinese
    "오전",
    "午前", // Korean, Japanese
    "पूर्वाह्न",
    "म.पू.",
    "পূর্বাহ্ণ",
    "ಪೂರ್ವಾಹ್ನ",
    "முற்பகல்", // Hindi, Marathi, Bengali, Kannada, Tamil
    "ق. ظ.",
    "قبل از ظهر",
    "قبل‌ازظهر",
    "قبل دوپہر",
    "غ.م.", // Persian, Urdu, Pashto
    'לפנה"צ',
    "לפנה״צ",
    "לפנות בוקר",
    "בבוקר", // Hebrew
    "ก่อนเที่ยง",
    "ກ່ອນທ່ຽງ",
    "နံနက်",
    "ព្រឹក",
    "ጥዋት", // Thai, Lao, Burmese, Khmer, Amharic
    "π. μ.",
    "vm.",
    "p.d.",
    "e paradites",
    "dop.",
    "f.m.",
    "fm",
    "ap.",
    "de.",
    "f.h.",
    "r.n.", // Greek … Irish
    "priekšp.",
    "priešpiet",
    "претпл.",
    "пр. об.",
    "пре подне",
    "pre podne",
    "дп", // Latvian … Ukrainian
    "ÖÖ",
    "TO",
    "SA",
    "PG",
    "SF",
    "GH",
    "тң",
    "ү.ө.",
    "ԿԱ",
    "පෙ.ව." // Turkish … Sinhala
  ],
  pm: [
    "p. m.",
    "م",
    "مساءً",
    "مساء",
    "下午",
    "晚上",
    "傍晚",
    "오후",
    "午後",
    "अपराह्न",
    "म.उ.",
    "অপরাহ্ণ",
    "ಅಪರಾಹ್ನ",
    "பிற்பகல்",
    "ب. ظ.",
    "بعد از ظهر",
    "بعدازظهر",
    "بعد دوپہر",
    "غ.و.",
    'אחה"צ',
    "אחה״צ",
    "בערב",
    "בצהריים",
    "หลังเที่ยง",
    "ຫຼັງທ່ຽງ",
    "ညနေ",
    "ល្ងាច",
    "ከሰዓት",
    "μ. μ.",
    "nm.",
    "m.d.",
    "e pasdites",
    "odp.",
    "pop.",
    "e.m.",
    "em",
    "ip.",
    "du.",
    "e.h.",
    "i.n.",
    "pēcp.",
    "popiet",
    "попл.",
    "сл. об.",
    "по подне",
    "po podne",
    "пп",
    "ÖS",
    "TK",
    "CH",
    "PTG",
    "YM",
    "GD",
    "тк",
    "ү.х.",
    "ԿՀ",
    "ප.ව."
  ],
  noon: ["中午"]
}

const lettersOf = (form: string): string => form.toLowerCase().replace(/[. \u200c]/g, "")

const periodOf = new Map<string, DayPeriod>(
  Object.entries(writtenAs).flatMap(([period, forms]) =>
    forms.map((form) => [lettersOf(form), period as DayPeriod] as const)
  )
)

/** The source of a regular expression (flags `iu`) that matches any written half of the day. */
export const dayPeriodPattern: string = Object.values(writtenAs)
  .flat()
  .toSorted((a, b) => b.length - a.length)
  .map((form) => form.replaceAll(".", "\\.?").replaceAll(" ", " ?"))
  .join("|")

/** What a half of the day matched by `dayPeriodPattern` means. */
export const readDayPeriod = (written: string): DayPeriod | undefined => periodOf.get(lettersOf(written))

/** The hour of the day, 0 to 23, or undefined when that hour does not exist on that clock. */
export const hourOfDay = (hour: number, period: DayPeriod | undefined): number | undefined => {
  if (hour > 23) return undefined
  // Phones set to a 24-hour clock in a 12-hour locale have been seen to write "21:05 PM".
  if (period === undefined || hour > 12) return hour
  if (period === "noon") return hour < 11 ? hour + 12 : hour
  return (hour % 12) + (period === "pm" ? 12 : 0)
}
