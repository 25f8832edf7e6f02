/** What every read model does when a person or a chat was forgotten, read off the declaration of its tables. */
import type { RecordedOf } from "../contracts/catalogue.ts"
import type { PersonalColumns, Prepare, Table } from "./read-model.ts"

type Forget = (event: RecordedOf<"erasure.completed">) => void

/** Rows and ids stay, so that counts and the history of a chat stay true; the sealed words go. */
const dropBy = (prepare: Prepare, table: Table, { columns }: PersonalColumns, owner: string) => {
  const emptied = columns.map((column) => `${column} = null`).join(", ")
  return prepare<[number, string, number]>(
    `update ${table.name} set ${emptied}, updated = ? where ${owner} = ? and updated < ?`
  )
}

/** Person ids start with `p`, chat ids with `c`. Undefined for a table that holds nothing personal. */
export const forgettingIn = (prepare: Prepare, table: Table): Forget | undefined => {
  const { personal } = table
  if (personal === undefined) return undefined
  const ofChat = dropBy(prepare, table, personal, personal.chat)
  const ofPerson =
    personal.person === undefined ? undefined : dropBy(prepare, table, personal, personal.person)
  return ({ data: { subject }, sequence }) => {
    const drop = subject.startsWith("c") ? ofChat : ofPerson
    drop?.run(sequence, subject, sequence)
  }
}
