/**
 * What a language has to say of links. A language is one file that has it all, and one that has what commands are
 * answered (`chat-commands/words`).
 */
import type { Level } from "../../../contracts/level.ts"

/** What a mute silenced. */
export interface Silenced {
  readonly malicious: number
  readonly suspicious: number
  /** Hosts of dangerous links that still stand there, defanged and isolated; not all of them, perhaps. */
  readonly hosts: ReadonlyArray<string>
}

export interface LanguageWords {
  /** By which rules numbers are counted: a BCP 47 tag. */
  readonly tag: string
  readonly direction: "left-to-right" | "right-to-left"
  readonly headline: { readonly [L in Level]: (host: string) => string }
  readonly advice: { readonly [L in Level]: string }
  /** Reasons, one after the other. */
  readonly because: (reasons: ReadonlyArray<string>) => string
  /** The reason where somebody decided, and not a scan. */
  readonly denied: string
  /** Evidence that names another thing, such as the brand that is imitated. */
  readonly with: (reason: string, detail: string) => string
  readonly corrected: string
  /** The group's admins are mentioned with the warning. */
  readonly adminsNotified: string
  readonly summary: (silenced: Silenced) => string
  /** By the name of the evidence; `null` for what a chat needs no words for. */
  readonly reasons: Readonly<Record<string, string | null>>
}

/** The words for a number, by the plural forms of a language; `other` is for those it has no form for. */
export const plural =
  (tag: string) =>
  (count: number, forms: Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string }): string =>
    (forms[new Intl.PluralRules(tag).select(count)] ?? forms.other).replace("#", String(count))

/** Keeps a name that is written from left to right together, whatever stands around it. */
export const leftToRight = (name: string): string => `\u2066${name}\u2069`

/** Keeps a name together that is written in whatever direction. */
export const isolated = (name: string): string => `\u2068${name}\u2069`
