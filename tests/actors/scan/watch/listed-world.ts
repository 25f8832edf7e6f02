/** The whole system on a folder, life after life, with a list that is fetched over loopback from a server of the test. */
import { join } from "node:path"
import { Deferred, Effect, Exit, Scope } from "effect"
import type { AnyFact } from "../../../../contracts/catalogue.ts"
import type { Around } from "../../../../actors/operator/system.ts"
import { noFeeds, openFeeds } from "../../../../actors/scan/feeds/feeds.ts"
import { makeRelay } from "../../../../actors/scan/watch/relay.ts"
import { CommandBus } from "../../../../infra/command-bus/command-bus.ts"
import { EventLog, type EventLogService } from "../../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { readBook, readLog } from "../../../faults/history.ts"
import { post, startSystem } from "../../../faults/one-system.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { openWebsite, outsideAddress } from "../../../infra/guarded-client/outside.ts"

const lookAgainMillis = 10

/** Waits for a fact. Whoever waits in vain is stopped by the test's own limit. */
export const eventually = Effect.fnUntraced(function* <E, R>(holds: Effect.Effect<boolean, E, R>) {
  while (!(yield* holds)) yield* Effect.sleep(lookAgainMillis)
})

/** A log that never answers to the append of a fact that a test names, and whether somebody waits for that. */
export const makeStuck = (isStuck: (fact: AnyFact) => boolean) => {
  const reached = Deferred.makeUnsafe<void>()
  const log = (log: EventLogService): EventLogService => ({
    ...log,
    append: (entries, provenance) =>
      entries.some(({ fact }) => isStuck(fact))
        ? Effect.andThen(Deferred.succeed(reached, undefined), Effect.never)
        : log.append(entries, provenance)
  })
  return { log, reached: Deferred.await(reached) }
}

export const makeListedWorld = Effect.fnUntraced(function* () {
  const folder = yield* temporaryFolder
  let body = "https://unrelated.example.net/\n"
  let status = 200
  const web = yield* openWebsite((_, response) => response.writeHead(status).end(status === 200 ? body : ""))
  const address = { name: "one", url: `http://${outsideAddress}:${web.port}/list` }

  const inLife = Effect.gen(function* () {
    const log = yield* EventLog
    const events = Effect.map(readLog(log), (read) => read.events)
    const book = Effect.sync(() => readBook(join(folder, "sandbox.db")))
    return {
      log,
      events,
      keyring: yield* Keyring,
      bus: yield* CommandBus,
      post: (chat: string, id: string, text: string) => post(chat, "Ada", { id, text }),
      told: Effect.map(events, (all) =>
        all.flatMap((event) => {
          if (event.type === "verdict.decided") return [`${event.data.level}`]
          return event.type === "verdict.revised" ? [`${event.data.from} to ${event.data.to}`] : []
        })
      ),
      again: Effect.map(events, (all) =>
        all.flatMap((event) =>
          event.type === "scan.completed" && event.data.again !== undefined ? [event.data] : []
        )
      ),
      sent: Effect.map(events, (all) => all.filter(({ type }) => type === "outbox.sent").length),
      book
    }
  })

  /** One life of the system, from its start to its end; `wanted` says whether it wants the list. */
  const live = Effect.fnUntraced(function* <A, E>(
    deeds: (
      it: Effect.Success<typeof inLife> & { readonly refresh: Effect.Effect<void> }
    ) => Effect.Effect<A, E, CommandBus | Scope.Scope>,
    { wanted = true, ...around }: Pick<Around, "log"> & { readonly wanted?: boolean } = {}
  ) {
    const scope = yield* Scope.make()
    const relay = makeRelay(new Set(wanted ? ["one"] : []))
    const feeds = wanted
      ? yield* openFeeds(web.client, join(folder, "feeds"), [address], relay.follower)
      : undefined
    const lists = { lists: feeds ?? noFeeds, relay }
    const { base } = yield* Scope.provide(startSystem(folder, [], { ...around, lists }), scope)
    yield* relay.attached
    const refresh = feeds?.refresh ?? Effect.void
    const done = yield* Effect.flatMap(inLife, (it) => deeds({ ...it, refresh })).pipe(
      Effect.provideContext(base),
      Scope.provide(scope)
    )
    yield* Scope.close(scope, Exit.void)
    return done
  })

  return {
    folder,
    live,
    lists: (...lines: ReadonlyArray<string>) => {
      status = 200
      body = ["https://unrelated.example.net/", ...lines].join("\n")
    },
    fails: (with_: number) => {
      status = with_
    }
  }
})
