import * as Result from "effect/Result"
import { type ContactFile, readContacts } from "../../../../actors/schedule/import/read-contacts.ts"

/** What comes of a text, with Germany as the region unless another is given. */
export const imported = (text: string, given: Partial<ContactFile> = {}) =>
  Result.getOrThrow(readContacts({ bytes: Buffer.from(text), region: "DE", ...given }))

/** The same, in few words. */
export const summary = (text: string, given: Partial<ContactFile> = {}) => {
  const { contacts, left } = imported(text, given)
  return {
    contacts: contacts.map(({ name, number }) => `${name} ${number}`),
    left: left.map(({ line, reason }) => `${line}: ${reason}`)
  }
}
