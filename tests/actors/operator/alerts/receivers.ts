/** Servers on loopback that take alerts: one for HTTP, one for mail. */
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { type AddressInfo, createServer as createTcpServer } from "node:net"

/** An HTTP server that keeps what it was sent, and answers with a status. */
export const startHttp = async (status = 200) => {
  const got: Array<{ readonly request: IncomingMessage; readonly body: string }> = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const parts: Array<Buffer> = await request.toArray()
    got.push({ request, body: Buffer.concat(parts).toString() })
    response.writeHead(status).end()
  }
  const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return { got, url: `http://127.0.0.1:${port}/hook?secret=1`, close: () => server.close() }
}

/** A mail server that keeps the lines of everything it is told. */
export const startMail = async () => {
  const lines: Array<string> = []
  const server = createTcpServer((socket) => {
    let isData = false
    socket.write("220 loopback\r\n")
    socket.on("data", (bytes) => {
      for (const line of bytes.toString().split("\r\n").slice(0, -1)) {
        lines.push(line)
        if (isData && line !== ".") continue
        if (line === ".") isData = false
        if (line === "DATA") isData = true
        socket.write(line === "DATA" ? "354 go on\r\n" : line === "QUIT" ? "221 bye\r\n" : "250 ok\r\n")
      }
    })
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return { lines, url: `smtp://127.0.0.1:${port}`, close: () => server.close() }
}
