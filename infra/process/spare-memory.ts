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

/**
 * Makes V8 spare memory in all threads of this process; to be called once what is needed has been loaded, for it
 * slows loading down. The options are V8's own: a Node that has them no longer says so on standard error, and goes
 * on without.
 */
export const spareMemory = (): void => {
  for (const option of sparing) setFlagsFromString(option)
}
