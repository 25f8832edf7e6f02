/** How the lines begin that libsignal writes to the console. */
const beginnings = [
  "Closing session",
  "Opening session",
  "Removing old closed session",
  "Session already",
  "Closing open session",
  "Decrypted message with closed session",
  "Failed to decrypt message with any known session",
  "Session error",
  "Migrating session"
]

const isSignalsOwn = (first: unknown): boolean =>
  typeof first === "string" && beginnings.some((beginning) => first.startsWith(beginning))

let isQuiet = false

/**
 * libsignal writes session objects, private keys included, to the console whenever a session opens or closes.
 * This keeps those lines off the console of its process and leaves everything else alone.
 */
export const quietSignal = (): void => {
  if (isQuiet) return
  isQuiet = true
  for (const level of ["info", "warn", "error", "log"] as const) {
    const write = console[level].bind(console)
    console[level] = (...parts: unknown[]) => {
      if (!isSignalsOwn(parts[0])) write(...parts)
    }
  }
}
