/**
 * A loopback WhatsApp server to play with by hand:
 *
 *     node main.ts [--port N] [--control-port N] [--number N] [--witness FILE]
 *
 * Commands come by standard input or as the body of a POST to the control address; `help` lists them.
 */
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { makeControl, type Control } from "./control.ts"
import { startLoopbackWhatsApp } from "./index.ts"

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    "control-port": { type: "string", default: "0" },
    number: { type: "string", default: "5511900000001" },
    witness: { type: "string" }
  }
})

const bodyMaxBytes = 64 * 1024

const answered = async (control: Control, line: string): Promise<readonly [boolean, string]> => {
  try {
    return [true, await control.run(line)]
  } catch (error) {
    return [false, error instanceof Error ? error.message : String(error)]
  }
}

/** Takes commands by HTTP; 200 with the answer, 400 with what was expected. */
const serveControl = async (control: Control, port: number) => {
  const server = createServer((request, response) => {
    let body = ""
    request.on("data", (piece: Buffer) => {
      body += piece.toString()
      if (body.length > bodyMaxBytes) request.destroy()
    })
    request.on("end", () => {
      void answered(control, body).then(([isDone, text]) =>
        response.writeHead(isDone ? 200 : 400).end(`${text}\n`)
      )
    })
  })
  server.listen(port, "127.0.0.1")
  await once(server, "listening")
  return server
}

const wa = await startLoopbackWhatsApp({
  port: Number(values.port),
  ...(values.witness === undefined ? {} : { witnessFile: values.witness })
})
const me = wa.account({ number: values.number, name: "me" })
const control = makeControl(wa, me)
await control.run("contact 5511988887777 Ana")
const server = await serveControl(control, Number(values["control-port"]))
const { port } = server.address() as AddressInfo
const environment = Object.entries(wa.environment).map(([name, value]) => `${name}=${value}`)

console.log(`address      ${wa.url}
control      http://127.0.0.1:${port}/
account      +${values.number}
environment  ${environment.join(" ")} NODE_OPTIONS=--import=${fileURLToPath(new URL("preload.ts", import.meta.url))}
A contact, Ana, is there already. Commands: help`)

const lines = createInterface({ input: process.stdin })
lines.on("line", (line) => {
  if (line.trim() !== "") void answered(control, line).then(([, text]) => console.log(text))
})
const stop = async (): Promise<void> => {
  lines.close()
  server.close()
  server.closeAllConnections()
  await wa.close()
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop())
