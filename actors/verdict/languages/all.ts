/** The languages that Wadjet speaks. */
import type { Language } from "../../../contracts/chat-settings.ts"
import { arabic } from "./ar.ts"
import { english } from "./en.ts"
import type { LanguageWords } from "./language.ts"

export const languageWords: { readonly [L in Language]: LanguageWords } = { en: english, ar: arabic }
