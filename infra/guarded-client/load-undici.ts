/** undici is imported when the first URL is asked for, and no more of it than its connections: half of thirty megabytes. */
import type { Agent, buildConnector, Dispatcher } from "undici"

export interface Undici {
  readonly Agent: typeof Agent
  readonly buildConnector: typeof buildConnector
  /** Sends a request by a dispatcher. */
  readonly request: (by: Dispatcher, options: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>
}

const load = async (): Promise<Undici> => {
  const agent = await import("undici/lib/dispatcher/agent.js")
  const connect = await import("undici/lib/core/connect.js")
  const api = await import("undici/lib/api/api-request.js")
  return {
    Agent: agent.default,
    buildConnector: connect.default,
    request: (by, options) => api.default.call(by, options)
  }
}

let loading: Promise<Undici> | undefined

/** The parts of undici, imported the first time. */
export const loadUndici = (): Promise<Undici> => (loading ??= load())
