/**
 * What Baileys keeps its credentials and Signal keys in. It collects what a transaction of its own changes
 * and hands it over at once, which becomes one transaction of `session.db`; a transaction within another one is part of the outer.
 */
import type {
  AuthenticationCreds,
  AuthenticationState,
  SignalDataSet,
  SignalDataTypeMap
} from "@whiskeysockets/baileys"
import { credsPlace } from "./credentials.ts"
import { type Announced, historyType } from "./history.ts"
import type { NewEntry } from "./journal.ts"
import type { Baileys } from "./load-baileys.ts"
import { rowOf } from "./sqlite-journal.ts"
import type { Change, OwnedStore, Write } from "./store.ts"

/** Under these types a transaction of Baileys carries what is ours. No type of its own is called so. */
const journalType = "wadjet-journal"
const openedType = "wadjet-opened"

/** What is written together with the keys of a transaction. */
interface Ours {
  readonly [journalType]?: Readonly<Record<string, NewEntry>>
  /** Cipher texts that were opened, by name: delivered once more, they are recognised. */
  readonly [openedType]?: Readonly<Record<string, true>>
  /** History that the phone announced. */
  readonly [historyType]?: Readonly<Record<string, Announced>>
}

let entries = 0

/** What goes with a ratchet, as something that Baileys' transaction can carry. */
export const carried = (
  name: string,
  entry: NewEntry | undefined,
  announced: Announced | undefined
): SignalDataSet & Ours => ({
  [openedType]: { [name]: true },
  ...(announced === undefined ? {} : { [historyType]: { [announced.id]: announced } }),
  ...(entry === undefined ? {} : { [journalType]: { [String(entries++)]: entry } })
})

export interface AuthState {
  readonly state: AuthenticationState
  /** Whether a number was linked: only then may these credentials log in. */
  readonly isLinked: () => boolean
  /** Writes the credentials, durably. */
  readonly save: () => void
}

/** Whether credentials belong to a linked number; while a pairing code is typed they name one that is not. */
const linked = (creds: AuthenticationCreds): boolean => creds.account !== undefined

export interface AuthOptions {
  readonly baileys: Baileys
  readonly store: OwnedStore
  readonly now: () => number
  /** Called when journal rows were written. */
  readonly journalled: () => void
  /** Called before a write's failure is thrown, which Baileys would take for a message that does not open. */
  readonly broken: (error: unknown) => void
}

/** The credentials of a store; fresh ones where it has none of a linked number. */
export const openAuthState = ({ baileys, broken, journalled, now, store }: AuthOptions): AuthState => {
  const { BufferJSON, initAuthCreds, proto } = baileys
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value, BufferJSON.replacer))
  const decode = <T>(bytes: Buffer | undefined) =>
    bytes === undefined ? undefined : (JSON.parse(bytes.toString("utf8"), BufferJSON.reviver) as T)

  const kept = decode<AuthenticationCreds>(store.read(credsPlace.type, credsPlace.id))
  const creds = kept !== undefined && linked(kept) ? kept : initAuthCreds()

  const write = (what: Omit<Write, "at">) => {
    try {
      store.write({ ...what, at: now() })
    } catch (error) {
      broken(error)
      throw error
    }
    if (what.rows !== undefined && what.rows.length > 0) journalled()
  }

  const read = (type: string, id: string): unknown => {
    const value = decode<object>(store.read(type, id))
    return value !== undefined && type === "app-state-sync-key"
      ? proto.Message.AppStateSyncKeyData.fromObject(value)
      : value
  }

  const changesOf = (type: string, values: Readonly<Record<string, unknown>>): ReadonlyArray<Change> =>
    Object.entries(values).map(([id, value]) => ({
      type,
      id,
      value: value === null || value === undefined ? undefined : encode(value)
    }))

  return {
    state: {
      creds,
      keys: {
        get: <T extends keyof SignalDataTypeMap>(type: T, ids: Array<string>) =>
          Object.fromEntries(
            ids.flatMap((id) => {
              const value = read(type, id)
              return value === undefined ? [] : [[id, value as SignalDataTypeMap[T]]]
            })
          ),
        set: (data: SignalDataSet & Ours) => {
          const { [journalType]: journal = {}, [openedType]: opened = {}, ...keys } = data
          write({
            changes: Object.entries(keys).flatMap(([type, values]) => changesOf(type, values ?? {})),
            rows: Object.values(journal).map(rowOf),
            opened: Object.keys(opened)
          })
        },
        clear: () => store.clear()
      }
    },
    isLinked: () => linked(creds),
    save: () => write({ changes: [{ ...credsPlace, value: encode(creds) }] })
  }
}
