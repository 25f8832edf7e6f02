/** What a process that runs for weeks asks of V8. */
import { setFlagsFromString } from "node:v8"

/**
 * Collect when little happens, and then give back what is free: a start leaves a third of the heap as garbage,
 * which V8 would keep until it needs the room. And forget the code of functions that did not run between two
 * collections, most of them part of that start.
 *
 * @see https://github.com/v8/v8/blob/main/src/heap/memory-reducer.h
 */
const sparing = ["--memory-saver-mode", "--bytecode-old-age=1"]
/** As V8 is without them: it collects when it needs the room. */
const unsparing = ["--no-memory-saver-mode", "--bytecode-old-age=6"]

/** From so many requests in a second on, a whole collection every half a second would stand in their way. */
const demandPerSecond = 20
/** How long after the last such second it spares again. */
const calmMillis = 10_000

/** Spares memory but while there is a demand; `set` is told of each option of V8's. */
export const makeSparing = (set: (option: string) => void) => {
  let spares = false
  let second = 0
  let requests = 0
  let calm: NodeJS.Timeout | undefined
  const setAll = (options: ReadonlyArray<string>) => {
    for (const option of options) set(option)
  }

  const spareLater = () => {
    if (calm !== undefined) return void calm.refresh()
    setAll(unsparing)
    calm = setTimeout(() => {
      calm = undefined
      setAll(sparing)
    }, calmMillis).unref()
  }

  return {
    spare: () => {
      spares = true
      setAll(sparing)
    },
    /** Nothing happens where nobody asked to spare memory. */
    noteRequest: () => {
      if (!spares) return
      const now = Math.floor(performance.now() / 1_000)
      if (now !== second) [second, requests] = [now, 0]
      requests += 1
      if (requests === demandPerSecond) spareLater()
    }
  }
}

const here = makeSparing(setFlagsFromString)

/**
 * Makes V8 spare memory in all threads of this process; to be called once what is needed has been loaded, for it
 * slows loading down. The options are V8's own: a Node that has them no longer says so on standard error, and goes
 * on without.
 */
export const spareMemory = here.spare

/** Notes a request that somebody waits for: while there are many, V8 does not interrupt them to spare memory. */
export const noteRequest = here.noteRequest
