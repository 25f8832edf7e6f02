/** What a process that runs for weeks asks of V8. */
import { setFlagsFromString } from "node:v8"

/**
 * Makes V8 collect when little happens, and then give back what is free, in this thread and in those that start
 * later: a start leaves a third of the heap as garbage, which V8 would keep until it needs the room. Its own
 * default is made for pages that are looked at. The option is V8's and may be gone in another Node, which says so
 * and goes on.
 *
 * @see https://github.com/v8/v8/blob/main/src/heap/memory-reducer.h
 */
export const spareMemory = (): void => setFlagsFromString("--memory-saver-mode")
