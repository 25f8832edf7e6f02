/**
 * The sandbox's receiving side: a book of everything that was transmitted to it, kept apart from the log.
 * It holds no words, only ids and hashes that die with the keys of chat and sender, and shows what really left
 * when facts and memory disagree. Files are looked at as on the way to WhatsApp, and refused for the same reasons.
 */
import { Clock, Effect } from "effect"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { checkMedia, MediaFolder } from "../../infra/media-folder/media-folder.ts"
import type { Migration } from "../../infra/sqlite/migrate.ts"
import { openVersioned } from "../../infra/sqlite/open-versioned.ts"
import { type GatewayService, TransmitFailed } from "./gateway.ts"

export const sandboxMigrations: ReadonlyArray<Migration> = [
  {
    name: "transmissions",
    // The first files were made before there were steps, and have the same table.
    up: `
  create table if not exists transmission (
    number integer primary key, at integer not null, chat text not null, whatsapp text not null, wire text not null,
    target text, digest text not null
  ) strict;
  create index if not exists transmission_whatsapp on transmission (whatsapp);
`,
    down: ""
  }
]

/** Opens the book at a path. What it took is on disk before it says so. */
export const openSandbox = Effect.fn("openSandbox")(function* (path: string) {
  const db = yield* openVersioned(path, "secrets", sandboxMigrations)
  const keyring = yield* Keyring
  const mediaFolder = yield* MediaFolder
  const add = db.prepare(
    "insert into transmission (at, chat, whatsapp, wire, target, digest) values (?, ?, ?, ?, ?, ?)"
  )
  const find = db.prepare<[string], number>("select 1 from transmission where whatsapp = ?").pluck()
  const failed = (cause: unknown) =>
    new TransmitFailed({
      gateway: "sandbox",
      final: false,
      message: `the sandbox could not write its book: ${cause instanceof Error ? cause.message : String(cause)}`
    })
  const gateway: GatewayService = {
    transmit: Effect.fnUntraced(function* ({ chat, media, sender, target, text, whatsApp, wire }) {
      if (media !== undefined && mediaFolder !== undefined)
        yield* checkMedia(mediaFolder, media).pipe(
          Effect.mapError(({ message }) => new TransmitFailed({ gateway: "sandbox", final: true, message }))
        )
      const at = yield* Clock.currentTimeMillis
      const owners = sender === undefined ? [chat] : [chat, sender]
      const digest = yield* keyring
        .hash(owners, media === undefined ? text : `${media.sha256} ${text}`)
        .pipe(Effect.mapError(failed))
      yield* Effect.try({
        try: () => void add.run(at, chat, whatsApp, wire, target ?? null, digest),
        catch: failed
      })
    }),
    has: (whatsApp) =>
      Effect.try({
        try: () => (find.get(whatsApp) === undefined ? ("no" as const) : ("yes" as const)),
        catch: failed
      })
  }
  return gateway
})
