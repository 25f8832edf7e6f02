/**
 * Baileys answers stanzas from event handlers that nobody waits for. When the socket closes under such an
 * answer, the failure has no owner, and Node ends the whole process for it. Those of Baileys are passed over
 * here, for the closed socket is known already; everybody else's end the process as before.
 */

const theirs = /node_modules[\\/](?:libsignal|@whiskeysockets[\\/]baileys)[\\/]/u

const isTheirs = (reason: unknown): boolean =>
  reason instanceof Error && theirs.test(reason.stack?.split("\n").slice(1).join("\n") ?? "")

let contained = false

/** Takes effect once, for the life of the process. */
export const containRejections = (): void => {
  if (contained) return
  contained = true
  process.on("unhandledRejection", (reason) => {
    if (!isTheirs(reason)) throw reason
  })
}
