import { Agent as HttpsAgent } from "node:https"
import { Agent, buildConnector, Dispatcher1Wrapper } from "undici"
import type { MediaHost } from "./host.ts"

/**
 * What a Baileys client in this process needs in its configuration to use a media host: uploads go through
 * `fetchAgent`, downloads through `options`. What goes by them leads every host name to the media host,
 * because the messages that announce a history name none, and Baileys then asks `mmg.whatsapp.net`.
 *
 * A client in another process trusts the host by `NODE_EXTRA_CA_CERTS`; a history from there has to be inline.
 */
export const mediaTrust = (
  host: Pick<MediaHost, "certificate" | "port">
): { readonly fetchAgent: HttpsAgent; readonly options: RequestInit; readonly agent: Agent } => {
  const connect = buildConnector({ ca: host.certificate })
  const agent = new Agent({
    connect: (options, callback) =>
      connect(
        {
          ...options,
          hostname: "127.0.0.1",
          host: "127.0.0.1",
          port: String(host.port),
          servername: "localhost"
        },
        callback
      )
  })
  // Node's own fetch is of undici 7, whose handlers undici 8 takes through this wrapper only.
  const options = Object.assign<RequestInit, object>({}, { dispatcher: new Dispatcher1Wrapper(agent) })
  return { fetchAgent: new HttpsAgent({ ca: host.certificate }), options, agent }
}
