/** Brands that a page names. */
import type { Brand } from "../../../contracts/brand-list.ts"
import type { BrandIndex } from "../brand-index.ts"
import { skeleton } from "../confusables.ts"
import { credentialWords } from "../lure-words.ts"

/** Programs that anybody may run under their own name, and services that show theirs on customers' pages. */
const namedByOthers: ReadonlySet<string> = new Set(
  `wordpress roundcube zimbra gitlab bitwarden cloudflare shopify squarespace hubspot salesforce mailchimp sendgrid
   sharepoint teamviewer anydesk wikipedia mozilla firefox hostinger godaddy namecheap ionos ovhcloud medium strato`
    .trim()
    .split(/\s+/)
)

/** Words by which a title asks to come in, beyond those that stand in hosts. */
const titleWords: ReadonlySet<string> = new Set(
  `log anmelden anmeldung einloggen connexion connecter identifier iniciar sesion acceder entrar acesso acesse conta
   accedi accesso inloggen aanmelden logga zaloguj giris вход войти`
    .trim()
    .split(/\s+/)
)

/** `Bank of America` is one brand. */
const wordsOfNameMax = 4
/** Longer titles are about something; short ones are of somebody. */
const wordsOfShortTitleMax = 8
const wordsOfShortestTitleMax = 6
/** A name in the text counts from as many times on: a button to sign in with it says it once or twice. */
const timesInTextMin = 3
/** Of the text no more is looked at. */
const wordsOfTextMax = 2_000

const wordsOf = (text: string): ReadonlyArray<string> =>
  text.split(/[^\p{L}\p{N}\p{M}]+/u).filter((word) => word !== "")

/** Every brand in a row of words, as often as it stands there. */
function* brandsIn(words: ReadonlyArray<string>, { bySkeleton }: BrandIndex): Generator<Brand> {
  const read = words.map(skeleton)
  for (let from = 0; from < read.length; from++) {
    let name = ""
    for (let at = from; at < read.length && at < from + wordsOfNameMax; at++) {
      name += read[at]
      for (const { brand } of bySkeleton.get(name) ?? []) if (!namedByOthers.has(brand.name)) yield brand
    }
  }
}

const asksIn = (words: ReadonlyArray<string>): boolean =>
  words.some((word) => {
    const plain = word.toLowerCase().normalize("NFKD").replaceAll(/\p{M}/gu, "")
    return credentialWords.has(plain) || titleWords.has(plain)
  })

export interface NamedBrand {
  readonly brand: Brand
  /** The page goes by the brand's name: its title is short, or asks to come in. */
  readonly isPosed: boolean
}

/** The brand that a title names, if it names one. A name that is also a word counts in a short title that asks to come in. */
export const brandOfTitle = (title: string, brands: BrandIndex): NamedBrand | undefined => {
  const words = wordsOf(title)
  const asks = asksIn(words)
  for (const brand of brandsIn(words, brands)) {
    if (brand.isWord && !(asks && words.length <= wordsOfShortestTitleMax)) continue
    return { brand, isPosed: asks || words.length <= wordsOfShortTitleMax }
  }
  return undefined
}

/** The brand that a text speaks of again and again, and more than of any other. */
export const brandOfText = (text: string, brands: BrandIndex): Brand | undefined => {
  const times = new Map<Brand, number>()
  for (const brand of brandsIn(wordsOf(text).slice(0, wordsOfTextMax), brands))
    if (!brand.isWord) times.set(brand, (times.get(brand) ?? 0) + 1)
  const [most] = [...times].toSorted(([, a], [, b]) => b - a)
  return most !== undefined && most[1] >= timesInTextMin ? most[0] : undefined
}
