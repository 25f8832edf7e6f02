import { appendFileSync } from "node:fs"
import type { Node } from "./protocol/nodes.ts"

/** One thing that happened, in the order it happened. */
export type Entry = { readonly n: number; readonly time: number } & (
  | {
      readonly kind: "stanza"
      /** `in` is from the client to the server. */
      readonly direction: "in" | "out"
      readonly connection: number
      readonly node: Node
      /** Why the stanza had no effect, if it had none: the server was deaf, a fault swallowed it. */
      readonly lost?: string
    }
  | {
      readonly kind: "connection"
      readonly connection: number
      readonly what: string
      readonly detail?: string
    }
  | {
      readonly kind: "phone"
      readonly person: string
      readonly device: number
      readonly what: string
      readonly details: Readonly<Record<string, unknown>>
    }
  | { readonly kind: "error"; readonly what: string; readonly detail: string }
)

type Omitted<T> = T extends unknown ? Omit<T, "n" | "time"> : never
export type NewEntry = Omitted<Entry>
export type StanzaEntry = Extract<Entry, { kind: "stanza" }>

export interface Witness {
  readonly entries: readonly Entry[]
  readonly record: (entry: NewEntry) => void
  /** The stanzas of one direction, optionally of one tag, in order. Lost ones are left out. */
  readonly stanzas: (direction: "in" | "out", tag?: string) => readonly Node[]
  /** Says that something observable changed without an entry of its own. */
  readonly changed: () => void
  /**
   * Resolves with what `look` finds as soon as that is neither undefined nor false; `look` runs at every change.
   * Rejects after `withinMilliseconds`, naming `what` and the last entries.
   */
  readonly until: <A>(
    what: string,
    look: () => A | undefined | false,
    withinMilliseconds?: number
  ) => Promise<A>
  /** Rejects whoever still waits. */
  readonly close: () => void
}

/** Bytes become `{ "base64": … }`, so that a line is plain JSON. */
const asJson = (entry: Entry): string =>
  JSON.stringify(entry, function replace(this: Record<string, unknown>, key: string, value: unknown) {
    const original = this[key]
    return original instanceof Uint8Array ? { base64: Buffer.from(original).toString("base64") } : value
  })

const summary = (entry: Entry): string => {
  switch (entry.kind) {
    case "stanza":
      return `${entry.direction === "in" ? "<-" : "->"} ${entry.node.tag} ${JSON.stringify(entry.node.attrs)}`
    case "phone":
      return `${entry.person}:${entry.device} ${entry.what}`
    default:
      return `${entry.kind} ${entry.what} ${entry.detail ?? ""}`
  }
}

const waitMilliseconds = 15_000
const shownOnFailure = 12

/** Keeps every entry in memory and, with `path`, appends each as a line of JSON at once. */
export const makeWitness = (now: () => number, path?: string): Witness => {
  const entries: Entry[] = []
  const watchers = new Map<() => void, (error: Error) => void>()
  const changed = (): void => {
    for (const watcher of watchers.keys()) watcher()
  }
  return {
    entries,
    record: (fields) => {
      const entry = Object.assign({ n: entries.length, time: now() }, fields)
      entries.push(entry)
      if (path !== undefined) appendFileSync(path, `${asJson(entry)}\n`)
      changed()
    },
    stanzas: (direction, tag) =>
      entries
        .filter((entry): entry is StanzaEntry => entry.kind === "stanza" && entry.direction === direction)
        .filter(({ lost, node }) => lost === undefined && (tag === undefined || node.tag === tag))
        .map(({ node }) => node),
    changed,
    until: (what, look, withinMilliseconds = waitMilliseconds) =>
      new Promise((resolve, reject) => {
        const settle = (finish: () => void): void => {
          clearTimeout(timer)
          watchers.delete(watcher)
          finish()
        }
        const watcher = (): void => {
          try {
            const found = look()
            if (found !== undefined && found !== false) settle(() => resolve(found))
          } catch (error) {
            settle(() => reject(error))
          }
        }
        const timer = setTimeout(() => {
          const last = entries.slice(-shownOnFailure).map(summary).join("\n  ")
          settle(() =>
            reject(new Error(`expected within ${withinMilliseconds} ms: ${what}; last seen:\n  ${last}`))
          )
        }, withinMilliseconds)
        watchers.set(watcher, (error) => settle(() => reject(error)))
        watcher()
      }),
    close: () => {
      for (const giveUp of watchers.values()) giveUp(new Error("expected a running server, found it closed"))
    }
  }
}
