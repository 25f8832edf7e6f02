import type { IncomingMessage, ServerResponse } from "node:http"

/** What the outside answers at `/to?URL`: a redirect there. */
export const sendOn = (request: IncomingMessage, response: ServerResponse) => {
  const target = decodeURIComponent(request.url!.split("?")[1] ?? "")
  // As servers do that know nothing of characters: the bytes of UTF-8, one by one.
  const location = Buffer.from(target).toString("latin1")
  response.writeHead(302, { location, connection: "close" }).end()
}
