/**
 * Requests over one connection, for what is asked many times a second and waited for: the client's own make an error, two
 * promises and a timer each, which takes longer than what is asked.
 */
import {
  createInbox,
  errors,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  TimeoutError
} from "@nats-io/transport-node"

/** A reply without data under this status says that nobody listens. */
const nobodyListens = 503

interface Waiting {
  readonly subject: string
  readonly resolve: (message: Msg) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

export type Ask = (
  subject: string,
  data: string | Uint8Array,
  options: { readonly timeoutMillis: number; readonly headers?: MsgHdrs }
) => Promise<Msg>

const openAsk = (connection: NatsConnection): Ask => {
  const inbox = createInbox()
  const waiting = new Map<string, Waiting>()
  let asked = 0

  const take = (token: string): Waiting | undefined => {
    const one = waiting.get(token)
    if (one === undefined) return undefined
    waiting.delete(token)
    clearTimeout(one.timer)
    return one
  }

  connection.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      // An answer that comes too late is nobody's.
      const one = take(message.subject.slice(inbox.length + 1))
      if (one === undefined) return
      if (error !== null) one.reject(error)
      else if (message.data.length === 0 && message.headers?.code === nobodyListens)
        one.reject(new errors.NoRespondersError(one.subject))
      else one.resolve(message)
    }
  })
  const closed = () => {
    for (const token of waiting.keys()) take(token)?.reject(new errors.ClosedConnectionError())
  }
  connection.closed().then(closed, closed)

  return (subject, data, { headers, timeoutMillis }) =>
    new Promise((resolve, reject) => {
      const token = (asked++).toString(36)
      const timer = setTimeout(() => take(token)?.reject(new TimeoutError()), timeoutMillis)
      waiting.set(token, { subject, resolve, reject, timer })
      try {
        connection.publish(subject, data, {
          reply: `${inbox}.${token}`,
          ...(headers === undefined ? {} : { headers })
        })
      } catch (error) {
        take(token)
        reject(error)
      }
    })
}

const opened = new WeakMap<NatsConnection, Ask>()

/** How requests are made over a connection: with one inbox, which lasts as long as the connection. */
export const askOver = (connection: NatsConnection): Ask => {
  const known = opened.get(connection)
  if (known !== undefined) return known
  const ask = openAsk(connection)
  opened.set(connection, ask)
  return ask
}
