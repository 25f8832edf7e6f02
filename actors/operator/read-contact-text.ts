/** A file of contacts that came as a text. */
import { readContacts } from "../schedule/import/read-contacts.ts"

export const readContactText = (text: string, region: string | undefined) =>
  readContacts({ bytes: Buffer.from(text), ...(region === undefined ? {} : { region }) })
