/**
 * libsignal prints whole session records, private keys included, with `console.info`. What it and Baileys say
 * on the console is dropped here; everybody else's words pass.
 */

const methods = ["log", "info", "warn", "error", "debug", "trace", "dir"] as const

/** A line of a stack that stands in one of the two packages. */
const talkative = /node_modules[\\/](?:libsignal|@whiskeysockets[\\/]baileys)[\\/]/u

/** Whether the caller of a console method is one of them. Where the stack does not say, it is taken for one. */
const isTheirs = (): boolean => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 3
  const [, , , caller] = (new Error().stack ?? "").split("\n")
  Error.stackTraceLimit = limit
  return caller === undefined || talkative.test(caller)
}

let hushed = false

/** Takes effect once, for the life of the process: what was imported cannot be unimported. */
export const hushLibraries = (
  console: Pick<Console, (typeof methods)[number]> = globalThis.console
): void => {
  if (hushed) return
  hushed = true
  for (const method of methods) {
    const original = console[method]
    console[method] = (...args: Array<unknown>) => {
      if (!isTheirs()) Reflect.apply(original, console, args)
    }
  }
}
