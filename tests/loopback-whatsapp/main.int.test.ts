import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { shownQr } from "./linked-client.ts"
import { testClient } from "./test-client.ts"

const program = fileURLToPath(new URL("main.ts", import.meta.url))

it("The program says where it is, links a client by a command, and carries messages both ways", async () => {
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] })
  const greeting = new Map<string, string>()
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name = "", value = ""] = /^(\w+) +(.*)$/.exec(line) ?? []
    greeting.set(name, value)
    if (line.includes("Commands: help")) break
  }
  const command = async (body: string) => {
    const response = await fetch(greeting.get("control") ?? "", { method: "POST", body })
    return { status: response.status, text: (await response.text()).trim() }
  }
  const client = testClient(greeting.get("address") ?? "")
  expect(await command(`qr ${await shownQr(client)}`)).toEqual({
    status: 200,
    text: "paired; the client connects anew"
  })
  await client.until("the connection", () =>
    client.events("connection.update").some(({ connection }) => connection === "open")
  )
  const said = await command("say Ana hello there")
  await client.until("the message", () => client.message(said.text)?.message?.conversation === "hello there")
  await client.socket().sendMessage("5511988887777@s.whatsapp.net", { text: "hello Ana" })
  await client.until("delivery", () =>
    client
      .messages()
      .some(({ key }) => key.id !== null && key.id !== undefined && client.status(key.id) === 3)
  )
  expect((await command("screen Ana")).text).toContain('"text":"hello Ana"')
  expect((await command("status")).text).toContain("connected=true")
  expect(await command("sing")).toMatchObject({
    status: 400,
    text: expect.stringContaining("expected a command")
  })
  expect((await command("error replaced")).status).toBe(200)
  await client.until("the end", () => client.closeCodes().includes(440))
  await client.stop()
  const ended = once(child, "exit")
  child.kill("SIGTERM")
  expect(await ended).toEqual([0, null])
})
