/**
 * Who is forgotten, looked for with every key and every copy that is still held: in what a place for backups holds,
 * opened by its identity and by the keyrings here and there, and in a data folder where lists and sources are on.
 */
import { copyFileSync, existsSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { expansion } from "../../actors/scan/expand/expand.ts"
import { openFeeds } from "../../actors/scan/feeds/feeds.ts"
import { openQuotaLedger } from "../../actors/scan/sources/quota-ledger.ts"
import { sourcesOf } from "../../actors/scan/sources/known-sources.ts"
import { outsideWith } from "../../actors/scan/sources/sources.ts"
import { makeRelay } from "../../actors/scan/watch/relay.ts"
import { RequestErasure } from "../../contracts/commands.ts"
import type { AnyRecorded } from "../../contracts/catalogue.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { someIdentity } from "../actors/backup/segment/some-messages.ts"
import { allShipped, copyingOf, directoryAddress } from "../actors/backup/world.ts"
import { openWebsite, outsideAddress } from "../infra/guarded-client/outside.ts"
import type { Identity } from "../../actors/backup/segment/seal.ts"
import { findIn, findInFolder } from "./canary.ts"
import { canaries, linkOf, talk, tokensOf, words } from "./forgotten.ts"
import { readLog } from "./history.ts"
import { startSystem } from "./one-system.ts"
import { keyringsIn, openCopies, openSealed } from "./opened-copies.ts"
import { temporaryFolder } from "./temporary-folder.ts"

const nobody = { safeBrowsing: undefined, urlhaus: undefined, virusTotal: undefined, phishTank: undefined }

/** A list that names the person's own link, and sources that are asked about it and do not answer. */
const outsideIn = Effect.fnUntraced(function* (dataFolder: string) {
  const list = `https://unrelated.example.net/\n${linkOf(words)}\n`
  const web = yield* openWebsite((_, response) => response.writeHead(200).end(list))
  const relay = makeRelay(new Set(["one"]))
  const address = { name: "one", url: `http://${outsideAddress}:${web.port}/list` }
  const lists = yield* openFeeds(web.client, join(dataFolder, "feeds"), [address], relay.follower)
  const ledger = yield* openQuotaLedger(join(dataFolder, "sources.db"))
  const sources = sourcesOf({ ...nobody, keyless: true, certificates: true })
  const outside = outsideWith(expansion(web.client), sources, web.client, ledger, relay.tell)
  return { relay, refresh: lists.refresh, around: { lists: { lists, relay }, outside } }
})

/** Whether every link that somebody outside was to be asked about has its last result. */
const isLookedAt = (events: ReadonlyArray<AnyRecorded>): boolean => {
  const waiting = new Set<string>()
  for (const event of events) {
    if (event.type !== "scan.completed") continue
    if ((event.data.awaits ?? []).length > 0) waiting.add(event.data.link)
    else waiting.delete(event.data.link)
  }
  return waiting.size === 0
}

/** The keyring of now, under the name that it has until it is whole: whoever is killed then leaves it there. */
const leaveReplacing = (stores: string) =>
  copyFileSync(join(stores, "keyring.wstore"), join(stores, ".replacing-1-x"))

/** Everything in a place, opened by whoever has its identity, the keyring that it holds, and the one of the data folder. */
const foundAt = Effect.fnUntraced(function* (place: string, identity: Identity, dataFolder: string) {
  const opened = yield* temporaryFolder
  const keys = yield* Effect.promise(() => openCopies(place, opened, identity))
  const inside = yield* openSealed(opened, [...keyringsIn(opened), join(dataFolder, "keyring.db")])
  const findings = inside.flatMap(({ bytes, where }) => findIn(where, bytes, canaries))
  const files = [findInFolder(place, canaries), findInFolder(opened, canaries)].flatMap((it) => it.findings)
  return { objects: keys.length, sealed: inside.length, findings: [...findings, ...files] }
}, Effect.scoped)

it.live(
  "who is forgotten is nowhere in what a place holds, nor where lists and sources are on, for whoever has every key",
  () =>
    Effect.gen(function* () {
      const dataFolder = yield* temporaryFolder
      const place = yield* temporaryFolder
      const { identity, recipient } = yield* Effect.promise(() => someIdentity())
      const { around, refresh, relay } = yield* outsideIn(dataFolder)
      const copying = copyingOf({ places: [directoryAddress(place)], recipients: [recipient] })
      const { base, projector } = yield* startSystem(dataFolder, [], around, copying)
      yield* Effect.gen(function* () {
        const log = yield* EventLog
        const bus = yield* CommandBus
        yield* relay.attached
        yield* refresh
        yield* talk
        while (!isLookedAt((yield* readLog(log)).events)) yield* Effect.sleep(20)
        yield* projector.reached(yield* log.last)
        yield* allShipped
        leaveReplacing(join(place, (yield* Keyring).account, "stores"))
        const before = yield* foundAt(place, identity, dataFolder)
        expect(new Set(before.findings.map(({ word }) => word))).toEqual(new Set(canaries))
        expect(existsSync(join(dataFolder, "feeds"))).toBe(true)
        expect(existsSync(join(dataFolder, "sources.db"))).toBe(true)

        const { chat, person } = yield* tokensOf()
        for (const subject of [person, chat]) yield* bus.request(RequestErasure, { subject, by: "operator" })
        yield* projector.reached(yield* log.last)
        yield* allShipped
        const after = yield* foundAt(place, identity, dataFolder)
        console.log(
          `canaries: ${before.findings.length} findings in ${before.objects} objects and ${before.sealed} sealed values ` +
            `before the erasure, ${after.findings.length} in ${after.objects} and ${after.sealed} after it`
        )
        expect(after.findings).toEqual([])
        // Others are as they were: it is not the attack that became weaker.
        expect(after.sealed).toBeGreaterThan(0)
        expect(after.objects).toBeGreaterThanOrEqual(before.objects)
        expect(findInFolder(dataFolder, canaries).findings).toEqual([])
        expect((yield* Keyring).formsOf(person)).toEqual([])
      }).pipe(Effect.provideContext(base))
    }).pipe(Effect.scoped),
  120_000
)
