/** Fields in the words of a job, such as `{{contact.name|there}}`: what follows the bar stands where nothing is known. */
import type { ContactCard } from "../../contracts/contact.ts"

const field = /\{\{\s*([^{}|]*?)\s*(?:\|([^{}]*))?\}\}/gu

const values: Readonly<Record<string, (card: ContactCard) => string>> = {
  "contact.name": ({ name }) => name,
  "contact.number": ({ number }) => number
}

const known = `expected a field such as {{contact.name|there}}`

/** Where a field begins that nothing closes, or ends that nothing began. */
const stray = /\{\{|\}\}/u

/** What is wrong with the fields of a text; `undefined` where each is known, and whole. */
export const checkFields = (text: string): string | undefined => {
  const rest = text.replaceAll(field, "")
  const open = stray.exec(rest)
  if (open !== null)
    return `${known}, found ${JSON.stringify(rest.slice(open.index, open.index + 40).toWellFormed())}, which is none`
  for (const [whole, name = ""] of text.matchAll(field))
    if (!Object.hasOwn(values, name))
      return `${known}, found ${JSON.stringify(whole.slice(0, 100))}; known are ${Object.keys(values).join(", ")}`
  return undefined
}

/** The text with its fields filled: from whom it goes to, or by what they fall back to. */
export const fillFields = (
  text: string,
  { contact }: { readonly contact: ContactCard | undefined }
): string =>
  text.replaceAll(field, (_whole, name: string, fallback = "") => {
    const value = contact === undefined ? undefined : values[name]?.(contact)
    return value ?? fallback
  })
