import {
  BufferJSON,
  initAuthCreds,
  proto,
  type AuthenticationCreds,
  type AuthenticationState,
  type SignalDataSet,
  type SignalDataTypeMap
} from "@whiskeysockets/baileys"
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"

interface Saved {
  readonly creds: AuthenticationCreds
  readonly values: readonly (readonly [string, unknown])[]
}

export interface Auth extends AuthenticationState {
  /** Writes everything to the file, if there is one: whole or not at all. */
  readonly save: () => void
}

const load = (path: string | undefined): Saved =>
  path !== undefined && existsSync(path)
    ? (JSON.parse(readFileSync(path, "utf8"), BufferJSON.reviver) as Saved)
    : { creds: initAuthCreds(), values: [] }

/** Credentials and keys of a client of these tests: in memory, and in a file if `path` is given. */
export const makeAuth = (path?: string): Auth => {
  const { creds, values: saved } = load(path)
  const values = new Map(saved)
  const save = (): void => {
    if (path === undefined) return
    writeFileSync(`${path}.new`, JSON.stringify({ creds, values: [...values] }, BufferJSON.replacer))
    renameSync(`${path}.new`, path)
  }
  return {
    creds,
    save,
    keys: {
      get: async <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
        const found: { [id: string]: SignalDataTypeMap[T] } = {}
        for (const id of ids) {
          const value = values.get(`${type}/${id}`)
          if (value === undefined) continue
          const decoded =
            type === "app-state-sync-key"
              ? proto.Message.AppStateSyncKeyData.fromObject(Object(value))
              : value
          found[id] = decoded as SignalDataTypeMap[T]
        }
        return found
      },
      set: async (data: SignalDataSet) => {
        for (const [type, entries] of Object.entries(data))
          for (const [id, value] of Object.entries(entries ?? {})) {
            if (value === null || value === undefined) values.delete(`${type}/${id}`)
            else values.set(`${type}/${id}`, value)
          }
        save()
      }
    }
  }
}
