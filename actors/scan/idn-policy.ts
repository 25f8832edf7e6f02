import { plainReading } from "./confusables.ts"
import { confusableScripts, type ConfusableScript, unmistakableWords } from "./confusable-scripts.ts"

/** What a label's characters give away by themselves, whatever brand they may imitate. */
export interface LabelFinding {
  readonly level: "low" | "medium"
  readonly reason: string
}

/** One rule about a decoded label under a top-level domain. */
interface LabelRule {
  readonly level: "low" | "medium"
  readonly reason: string
  readonly breaks: (label: string, tld: string) => boolean
}

// Scripts in everyday use (UAX 31, recommended) without Latin, which mixes by its own rules below.
const everydayScripts =
  "Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Kannada Katakana Khmer Lao Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan Latin".split(
    " "
  )
const scriptTests = everydayScripts.map((name) => ({ name, test: new RegExp(`\\p{Script=${name}}`, "u") }))

// Combinations that one language writes with (UTS 39, highly restrictive).
const combinations: ReadonlyArray<ReadonlySet<string>> = [
  new Set(["Latin", "Han", "Hiragana", "Katakana"]),
  new Set(["Latin", "Han", "Bopomofo"]),
  new Set(["Latin", "Han", "Hangul"])
]

const neutral = /[\p{Script=Common}\p{Script=Inherited}]/u

function scriptsOf(label: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const character of label) {
    if (neutral.test(character)) continue
    found.add(scriptTests.find(({ test }) => test.test(character))?.name ?? "rare")
  }
  return found
}

function mixesScripts(label: string): boolean {
  const scripts = scriptsOf(label)
  return (
    scripts.size > 1 && !combinations.some((allowed) => [...scripts].every((script) => allowed.has(script)))
  )
}

const digitSets = /\p{Nd}/gu

// The block a decimal digit belongs to: its code point minus its value.
function digitSystems(label: string): number {
  const zeros = (label.match(digitSets) ?? []).map((digit) => {
    let zero = digit.codePointAt(0) ?? 0
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && (digit.codePointAt(0) ?? 0) - zero < 9) zero--
    return zero
  })
  return new Set(zeros).size
}

function isWholeScriptConfusable(label: string, tld: string): boolean {
  if (unmistakableWords.has(label)) return false
  return confusableScripts.some((script: ConfusableScript) => {
    if (script.homeTlds.has(tld) || script.nativeTld.test(tld)) return false
    const letters = [...label].filter((character) => script.script.test(character))
    return (
      letters.length > 0 &&
      letters.every((letter) => script.lookAlikes.has(letter)) &&
      /^[\p{L}\p{M}\p{N}-]+$/u.test(label)
    )
  })
}

// Letters and digits of other scripts that pass for ASCII's digits (Chromium's digit look-alikes, and some more).
const digitLookAlikes: ReadonlySet<string> = new Set("θ२২੨૨೩೭շзҙӡउওਤ੩૩౩ဒვპੜკ੫丩ㄐճ৪੪୫૭୨౨бଓଠȣᏎᒿꓳꓲ")

const isDigitLike = (character: string): boolean =>
  digitLookAlikes.has(character) || /\p{Nd}/u.test(character) || /^\d$/.test(plainReading(character))

// `1շ` reads as 12. In a country that counts with these digits it is a number.
function isFakeNumber(label: string, tld: string): boolean {
  const imitates = [...label].some((character) => character > "\u007F" && isDigitLike(character))
  if (!imitates || ![...label].every((character) => character === "-" || isDigitLike(character))) return false
  return !confusableScripts.some((script) => script.homeTlds.has(tld) || script.nativeTld.test(tld))
}

const rules: ReadonlyArray<LabelRule> = [
  { level: "medium", reason: "mixes scripts that no language mixes", breaks: mixesScripts },
  { level: "medium", reason: "a whole word of look-alike letters", breaks: isWholeScriptConfusable },
  {
    level: "low",
    reason: "a script hardly anybody uses today",
    breaks: (label) => scriptsOf(label).has("rare")
  },
  { level: "low", reason: "digits of several scripts", breaks: (label) => digitSystems(label) > 1 },
  { level: "medium", reason: "a number in look-alike digits", breaks: isFakeNumber },
  {
    level: "low",
    reason: "a symbol or emoji",
    breaks: (label) => /[^\p{L}\p{M}\p{N}\p{Join_Control}\u00B7\u05F3\u05F4\u30FB-]/u.test(label)
  },
  {
    level: "medium",
    reason: "a letter that passes for a punctuation mark",
    breaks: (label) => /[\u0138\u01C0-\u01C3\u02B0-\u02EF\u058A\u2010-\u2027\u30A0\uA78C]|\u0338/u.test(label)
  },
  {
    level: "low",
    reason: "a middle dot where no Catalan writes one",
    breaks: (label, tld) => label.includes("·") && (tld !== "cat" || /(?<!l)·|·(?!l)/.test(label))
  },
  {
    level: "medium",
    reason: "a character that passes for a slash or a dash beside others",
    breaks: hasFakeSeparator
  },
  {
    level: "low",
    reason: "accented Latin letters beside another script",
    breaks: (label) => accentedLatin.test(label) && [...scriptsOf(label)].some((script) => script !== "Latin")
  },
  {
    level: "low",
    reason: "accents on letters that take none",
    breaks: (label) =>
      /[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Inherited}][\u0300-\u0339]|\u0131[\u0300-\u0339]|[ijl]\u0307|[\u033A-\u036F]/u.test(
        label
      ) || /(\p{M})\1/u.test(label.normalize("NFD"))
  },
  {
    level: "low",
    reason: "a mark of a right-to-left script after other letters",
    breaks: (label) => /[^\p{Script=Hebrew}\p{Script=Arabic}\p{M}][\u0591-\u05C7\u064B-\u065F]/u.test(label)
  },
  { level: "low", reason: "kana marks in a row or out of place", breaks: hasMisplacedKana },
  {
    level: "low",
    reason: "letters and points that only scholars write",
    breaks: (label) =>
      /[\u0180-\u01BF\u01CD-\u01DC\u0221-\u0258\u025A-\u02AF\u03D7-\u03EF\u0460-\u0481\u1C80-\u1C8F\u1D00-\u1DBF\u1E00-\u1E9F\u1EFA-\u1EFF\u1F00-\u1FFF\u2C60-\u2C7F\uA640-\uA69F\uA720-\uA7FF\uAB30-\uAB6F\u1100-\u11FF\uA960-\uA97F\uD7B0-\uD7FF]|[\u05B0-\u05BD]/u.test(
        label.replace(/[\u01A0\u01A1\u01AF\u01B0\u1E80-\u1E85]/gu, "")
      )
  },
  {
    level: "low",
    reason: "a letter of one country under another's domain",
    breaks: (label, tld) =>
      label.length > 1 &&
      ((/[þð]/.test(label) && tld !== "is" && tld !== "fo") || (label.includes("ə") && tld !== "az"))
  }
]

const accentedLatin = /(?![a-z])\p{Script=Latin}/u

// Strokes and ideographs that read as `/`, `-` or `|`, and kana that read as a slash: harmless between their own
// kind. Where no letter is Latin, a whole label is of their own kind.
const cjk = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}\\u30FC"
const strokes =
  "\u4E00\u3127\u4E28\u4E5B\u4E03\u4E05\u4E36\u4E3F\u4E40\u4E41\u4E85\u5341\u3007\u3112\u311A\u311F\u3128\u3129\u3108\u31B2\u31B3\u31BA\u2EBA\u5DE5\u8BA0\u4E01\u3033\u3035"
const strokeBesideOthers = new RegExp(`[^${cjk}][${strokes}]|[${strokes}][^${cjk}]`, "u")
const slashBetweenOthers = new RegExp(`(?<=^|[^${cjk}])[\u30CE\u30F3\u30BD\u30BE](?=$|[^${cjk}])`, "u")

function hasFakeSeparator(label: string): boolean {
  return /\p{Script=Latin}/u.test(label) && (strokeBesideOthers.test(label) || slashBetweenOthers.test(label))
}

// Katakana and Hiragana have the same three `he`.
function hasMisplacedKana(label: string): boolean {
  return (
    /[\u3099-\u309C\uFF9E\uFF9F]{2}|\p{Script=Latin}[\u3099\u309A]|(?:^|[^\p{Script=Katakana}])[\u30FD\u30FE]|(?:^|[^\p{Script=Hiragana}\p{Script=Katakana}\u30FC])\u30FC|[\u31F0-\u31FF]|[a-z]\u30FB|\u30FB[a-z]/u.test(
      label
    ) ||
    /^[\p{Script=Katakana}\u30FC]+[\u3078-\u307A][\p{Script=Katakana}\u30FC]+$/u.test(label) ||
    /^[\p{Script=Hiragana}\u30FC]+[\u30D8-\u30DA][\p{Script=Hiragana}\u30FC]+$/u.test(label)
  )
}

/**
 * What is wrong with a decoded label, after the spoof checks of Chromium
 * (components/url_formatter/spoof_checks, BSD-3-Clause) and UTS 39. Labels of one script, in the script
 * of their readers, are left alone.
 */
export function labelFindings(label: string, tld: string): ReadonlyArray<LabelFinding> {
  if (/^[\0-\x7F]*$/.test(label)) return []
  return rules.filter(({ breaks }) => breaks(label, tld)).map(({ level, reason }) => ({ level, reason }))
}
