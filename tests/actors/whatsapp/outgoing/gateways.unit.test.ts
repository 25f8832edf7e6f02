import { join } from "node:path"
import Database from "better-sqlite3"
import { describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { type GatewayService, TransmitFailed } from "../../../../actors/whatsapp/gateway.ts"
import { openSandbox } from "../../../../actors/whatsapp/sandbox.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../../../infra/keyring/sqlite-keyring.ts"
import { makeReceiver } from "../receiver.ts"
import { temporaryFolder } from "../session/whole.ts"
import { here, person } from "../world.ts"
import { type Chatting, gatewayLaws } from "./gateway.contract.ts"

const where = { chat: here, sender: person, quotes: "3A00", pass: TestClock.adjust("1 second") }

/** The sandbox, and what its book amounts to for those who would see it. */
const sandboxed = Effect.fnUntraced(function* (folder: string) {
  const gateway = yield* openSandbox(join(folder, "sandbox.db"))
  const keyring = yield* Keyring
  const book = new Database(join(folder, "sandbox.db"), { readonly: true })
  const digestOf = (text: string) => Effect.runSync(keyring.hash([here, person], text))
  const shown = () => {
    const rows = book.prepare("select whatsapp, wire, target, digest from transmission order by number").all()
    const stands = new Map<string, string>()
    for (const row of rows as ReadonlyArray<{
      whatsapp: string
      wire: string
      target: string
      digest: string
    }>) {
      const { digest, target, whatsapp, wire } = row
      if (wire === "text") stands.set(whatsapp, digest)
      if (wire === "edit") stands.set(target, digest)
      if (wire === "revoke") stands.delete(target)
      if (wire === "reaction") stands.set("reaction", digest)
      if (wire === "unreact") stands.delete("reaction")
    }
    return stands
  }
  return {
    ...where,
    gateway,
    shows: (whatsApp, text) => shown().get(whatsApp) === digestOf(text),
    count: () => [...shown().keys()].filter((name) => name !== "reaction").length,
    reaction: () => ["⚠️", "✅"].find((text) => shown().get("reaction") === digestOf(text)) ?? ""
  } satisfies Chatting
})

const everything = "everything"

/** The other side of the simulation. */
const simulated = Effect.gen(function* () {
  const clock = yield* Clock.Clock
  const receiver = makeReceiver(
    () => clock.currentTimeMillisUnsafe(),
    () => everything
  )
  const gateway: GatewayService = {
    transmit: (message) =>
      Effect.suspend(() => {
        const refused = receiver.take(message)
        return refused === undefined
          ? Effect.void
          : Effect.fail(new TransmitFailed({ gateway: "sandbox", final: true, message: refused }))
      }),
    has: (whatsApp) => Effect.sync(() => (receiver.has(whatsApp) ? "yes" : "no"))
  }
  const shown = (isReaction: boolean) =>
    receiver.shown(everything).filter((it) => it.isReaction === isReaction)
  return {
    ...where,
    gateway,
    shows: (id, text) => shown(false).some((it) => it.whatsApp === id && it.text === text),
    count: () => shown(false).length,
    reaction: () => shown(true)[0]?.text ?? ""
  } satisfies Chatting
})

describe("the sandbox", () => {
  for (const [title, holds] of gatewayLaws)
    it.effect(title, () =>
      Effect.gen(function* () {
        using folder = temporaryFolder()
        yield* Effect.flatMap(sandboxed(folder.path), holds)
      }).pipe(Effect.scoped, Effect.provide(sqliteKeyring(":memory:")))
    )
})

describe("the other side of the simulation", () => {
  for (const [title, holds] of gatewayLaws) it.effect(title, () => Effect.flatMap(simulated, holds))
})
