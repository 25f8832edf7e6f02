/** Decoding what several readers of one process are given at nearly the same moment. */
import { decodeMessage, type StoredMessage } from "./codec.ts"
import type { LogEvent } from "./event-log.ts"

/** Readers that follow the log are no further apart than this many events; who catches up decodes by himself. */
const rememberedEvents = 64

/** Decodes the messages of one stream, each once as long as it is among the last. */
export const decodeOnce = (): ((message: StoredMessage) => LogEvent) => {
  const remembered: Array<LogEvent | undefined> = Array.from({ length: rememberedEvents })
  return (message) => {
    const place = message.sequence % rememberedEvents
    const known = remembered[place]
    if (known?.sequence === message.sequence) return known
    const event = decodeMessage(message)
    remembered[place] = event
    return event
  }
}
