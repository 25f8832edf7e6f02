/** The thread that asks the outside, but for its entry: looks when it is told to, until it is told to stop. */
import { parentPort, workerData } from "node:worker_threads"
import { Cause, Effect, Exit, Fiber, FiberMap, type Scope } from "effect"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { composeOutside } from "../compose-outside.ts"
import type { OutsideCount } from "../outside-counts.ts"
import { type ListsNow, listsOver, lookUpIn } from "../safe-browsing/lists/look-up-lists.ts"
import { makePrefixMemory, type PrefixMemory } from "../safe-browsing/prefix-memory.ts"
import type { SourceNews } from "../sources/ask-source.ts"
import { askingOf, type HandedLists, type Noted, type Remembered } from "./outside-protocol.ts"
import type { ThreadHears, ThreadInput, ThreadSays } from "./outside-protocol.ts"
import { logsTo } from "./thread-log.ts"

/** Gathers what happened since it was last taken. */
const makeNotes = () => {
  let counts: Array<OutsideCount> = []
  let remembered: Array<Remembered> = []
  const news = new Map<string, SourceNews>()
  return {
    count: (it: OutsideCount) => void counts.push(it),
    tell: (one: SourceNews) => void news.set(one.source, one),
    remember: (one: Remembered) => void remembered.push(one),
    take: (): Noted => {
      const noted = { counts, remembered, news: [...news.values()] }
      counts = []
      remembered = []
      news.clear()
      return noted
    }
  }
}

/** A memory whose answers are noted, for whoever else remembers them. */
const memoryNotedBy = (note: (one: Remembered) => void): PrefixMemory => {
  const own = makePrefixMemory()
  return {
    ...own,
    remember: (asked, dangerous, seconds, at) => {
      own.remember(asked, dangerous, seconds, at)
      note({ asked, dangerous, seconds, at })
    }
  }
}

/** Lists whose newest state is what was handed over last. */
const makeHandedLists = (first: HandedLists | undefined) => {
  if (first === undefined) return { local: undefined, become: () => {} }
  let now: ListsNow = listsOver(first.lists)
  return {
    local: { mode: first.mode, lists: lookUpIn(() => now) },
    become: ({ lists }: HandedLists) => void (now = listsOver(lists))
  }
}

const serving = Effect.fnUntraced(function* (
  openClient: Effect.Effect<GuardedClientService, never, Scope.Scope>,
  input: ThreadInput,
  say: (what: ThreadSays) => void,
  listen: (heard: (what: ThreadHears) => void) => void
) {
  const notes = makeNotes()
  yield* Effect.addFinalizer(() => Effect.sync(() => say({ say: "noted", noted: notes.take() })))
  const { become, local } = makeHandedLists(input.local)
  const outside = yield* composeOutside(
    input.dataFolder,
    askingOf(input),
    yield* openClient,
    { local, memory: memoryNotedBy(notes.remember) },
    notes
  )
  const looks = yield* FiberMap.make<number, void>()
  const run = yield* FiberMap.runtime(looks)()
  const look = ({ asking, look, url, wantsSoFar }: Extract<ThreadHears, { readonly hear: "look" }>) =>
    outside
      .look(
        url,
        (evidence) => Effect.sync(() => say({ say: "heard", look, evidence })),
        asking,
        wantsSoFar ? (outlook) => Effect.sync(() => say({ say: "so-far", look, outlook })) : undefined
      )
      .pipe(Effect.map((outlook) => say({ say: "looked", look, outlook, noted: notes.take() })))
  return yield* Effect.callback<never>((resume) => {
    const breakOff = (exit: Exit.Exit<void>) => {
      if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause))
        resume(Effect.failCause(exit.cause as Cause.Cause<never>))
    }
    listen((what) => {
      if (what.hear === "look") run(what.look, look(what)).addObserver(breakOff)
      else if (what.hear === "leave") Effect.runFork(FiberMap.remove(looks, what.look))
      else if (what.hear === "lists") become(what.local)
    })
  })
})

/**
 * Asks the outside in this thread, by a client of whoever's entry it is: the product's has no exemption from the guard,
 * and nothing that a thread is handed gives it one.
 */
export const serveOutside = (openClient: Effect.Effect<GuardedClientService, never, Scope.Scope>): void => {
  const port = parentPort
  if (port === null) throw new Error("expected to run as a worker thread, started by openOutsideThread")
  const say = (what: ThreadSays) => port.postMessage(what)
  const listen = (heard: (what: ThreadHears) => void) => void port.on("message", heard)
  // Whoever starts the thread hands over what the protocol says.
  const fiber = Effect.runFork(
    serving(openClient, workerData as ThreadInput, say, listen).pipe(
      Effect.scoped,
      Effect.provide(logsTo((line) => say({ say: "log", line })))
    )
  )
  port.on("message", ({ hear }: ThreadHears) => {
    if (hear === "stop") Effect.runFork(Fiber.interrupt(fiber))
  })
  fiber.addObserver((exit) => {
    if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause))
      say({ say: "failed", message: Cause.pretty(exit.cause) })
    port.close()
  })
}
