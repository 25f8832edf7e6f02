import { jsonStrings } from "./json-strings.ts"
import { csvRows, delimiterOf } from "./csv.ts"
import type { LeftOut, WrittenContact } from "./imported.ts"

/** What a column says, by the names that address books give it; letters and digits of them only. */
const columns = {
  name: ["name", "fullname", "displayname", "contactname", "contact", "fileas"],
  given: ["givenname", "firstname", "first"],
  middle: ["additionalname", "middlename"],
  family: ["familyname", "lastname", "surname", "last"],
  organization: ["organization", "organizationname", "organization1name", "company"],
  alias: ["alias", "aliases", "nickname", "nicknames"],
  number: [
    "number",
    "phone",
    "phonenumber",
    "phones",
    "telephone",
    "tel",
    "mobile",
    "mobilephone",
    "whatsapp",
    "tophone"
  ],
  tag: ["tag", "tags", "group", "groups", "label", "labels", "category", "categories", "groupmembership"],
  favourite: ["favourite", "favorite", "isfavourite", "isfavorite", "starred"],
  notes: ["note", "notes", "comment", "comments"]
} as const

type Column = keyof typeof columns

const columnNamed = new Map<string, Column>(
  (Object.keys(columns) as ReadonlyArray<Column>).flatMap((column) =>
    columns[column].map((name) => [name, column] as const)
  )
)

// Google's "Phone 1 - Value", and Outlook's "Business Phone 2", which comes after a mobile one.
const furtherNumber = /^(?:phone\d+value|(?:home|business|primary|other|company|car)phone\d?)$/

const columnOf = (header: string): Column | "further" | undefined => {
  const name = header.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "")
  return columnNamed.get(name) ?? (furtherNumber.test(name) ? "further" : undefined)
}

const wanted = "a first line that names its columns, one of them name and one of them number"

/**
 * The contacts of a CSV text, whose first line names its columns: `name`, `aliases`, `number`, `tags`, `favourite`,
 * `notes`, or what Google's and Outlook's address books call them. Lists in a field are separated by `;`, `|` or
 * Google's ` ::: `, or are JSON.
 */
export function csvContacts(text: string): {
  readonly written: ReadonlyArray<WrittenContact>
  readonly unreadable: ReadonlyArray<LeftOut>
} {
  const written: Array<WrittenContact> = []
  const unreadable: Array<LeftOut> = []
  let header: ReadonlyArray<ReturnType<typeof columnOf>> | undefined
  for (const { fault, fields, line } of csvRows(text, delimiterOf(text))) {
    if (header === undefined) {
      header = fields.map(columnOf)
      const hasName = header.some((column) => column !== undefined && nameColumns.has(column))
      if (!hasName || !header.some((column) => column === "number" || column === "further")) {
        return {
          written,
          unreadable: [{ line, reason: `expected ${wanted}, found "${fields.join(", ").slice(0, 100)}"` }]
        }
      }
    } else if (fault !== undefined) unreadable.push({ line, reason: fault })
    else if (fields.slice(header.length).some((field) => field.trim() !== "")) {
      unreadable.push({
        line,
        reason: `expected ${header.length} fields, as in the first line, found ${fields.length}`
      })
    } else written.push(contactOf(line, fields, header))
  }
  if (header === undefined) unreadable.push({ line: 1, reason: `expected ${wanted}, found nothing` })
  return { written, unreadable }
}

const nameColumns: ReadonlySet<string> = new Set(["name", "given", "family", "organization"])

function contactOf(
  line: number,
  fields: ReadonlyArray<string>,
  header: ReadonlyArray<ReturnType<typeof columnOf>>
): WrittenContact {
  const all = (column: ReturnType<typeof columnOf>) =>
    fields.filter((field, index) => header[index] === column && field.trim() !== "")
  const inOrder = [...all("given"), ...all("middle"), ...all("family")].join(" ")
  const [name = inOrder === "" ? (all("organization")[0] ?? "") : inOrder] = all("name")
  return {
    line,
    name,
    aliases: all("alias").flatMap(listed),
    numbers: [...all("number"), ...all("further")].flatMap(listed),
    // Google puts everybody into "* myContacts".
    tags: all("tag")
      .flatMap(listed)
      .filter((tag) => !tag.startsWith("* ")),
    favourite: all("favourite").some((field) => /^(?:1|true|yes|y|x|\*)$/i.test(field.trim())),
    notes: all("notes").join("\n")
  }
}

/** The items of a field that holds a list. */
export function listed(field: string): ReadonlyArray<string> {
  const text = field.trim()
  const strings = text.startsWith("[") ? jsonStrings(text) : undefined
  return strings ?? text.split(/ ::: |[;|]/).map((item) => item.trim())
}
