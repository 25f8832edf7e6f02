/** A script some of whose letters all pass for Latin ones, so that a whole word of it can. */
export interface ConfusableScript {
  readonly name: string
  readonly script: RegExp
  /** The letters and digits that pass for Latin ones. */
  readonly lookAlikes: ReadonlySet<string>
  /** Where people read this script, and such a word is just a word. */
  readonly homeTlds: ReadonlySet<string>
  /** Top-level domains written in the script itself. */
  readonly nativeTld: RegExp
}

const script = (name: string, lookAlikes: string, homeTlds: string): ConfusableScript => ({
  name,
  script: new RegExp(`\\p{Script=${name}}`, "u"),
  lookAlikes: new Set(lookAlikes),
  homeTlds: new Set(homeTlds.split(" ")),
  // Any top-level domain that is not Latin has readers of other scripts.
  nativeTld: /[^\0-\x7F]/
})

/** Letters after Chromium's whole-script confusables (BSD-3-Clause). */
export const confusableScripts: ReadonlyArray<ConfusableScript> = [
  script("Armenian", "ագզէլհյոսւօ", "am"),
  script("Cyrillic", "аысԁеԍһіюкјӏорԗԛѕԝхуъЬҽпгѵѡь", "bg by kz pyc ru su ua uz mk rs kg mn tj"),
  script("Ethiopic", "ሀሠሰስበነተከዐዕዘደጠፀፐፒᎥ", "er et"),
  script("Georgian", "იოყძხჽჿ", "ge"),
  script("Greek", "αικνρυωηοτ", "gr cy"),
  script("Hebrew", "דוחיןסװײ", "il"),
  script("Bengali", "০৭", "in bd"),
  script("Devanagari", "ऽ०ॱ", "in np"),
  script("Gujarati", "ડટ૦૧", "in"),
  script("Gurmukhi", "੦੧", "in pk"),
  script("Kannada", "ಽ೦೧", "in"),
  script("Malayalam", "ടഠധനറ൦", "in"),
  script("Oriya", "ଠ୦୮", "in"),
  script("Tamil", "டப௦", "in lk sg my"),
  script("Telugu", "౦౧", "in"),
  script("Myanmar", "ခဂငဌထပဝ၀၂ၔၜ႐႑႕႖႗", "mm"),
  script("Thai", "กทนบพรหเแ๐ดลปฟม", "th"),
  script("Lao", "ກນບພຟຣຮ໐", "la")
]

/** Words of such letters alone that Chromium lets pass everywhere: no word in Latin letters looks like them. */
export const unmistakableWords: ReadonlySet<string> = new Set(
  "секс как коса курс парк такий укроп сахарок покраска".split(" ")
)
