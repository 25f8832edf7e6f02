import { describe, expect, it } from "vitest"
import { linkedClient } from "./linked-client.ts"

const anasNumber = { number: "5511988887777", name: "Ana" }

describe("the account's phone", () => {
  it("shares the key under which settings are kept in step", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    const ana = wa.contact(anasNumber)
    await client.until("the key", () => client.auth.creds.myAppStateKeyId)
    await client.socket().chatModify({ pin: true }, ana.lid)
    await client.socket().chatModify({ pin: false }, ana.lid)
    expect(me.state.appState.get("regular_low")).toBe(2)
  })

  it("sends again, when asked, what the client could not read", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    me.state.answersResendRequests = true
    const ana = wa.contact(anasNumber)
    ana.answersRetries(false)
    const id = await ana.say("only the phone has it", { spoil: "absent" })
    await client.until("the message", () =>
      client
        .messages()
        .some(({ key, message }) => key.id === id && message?.conversation === "only the phone has it")
    )
    const copies = client.messages().filter(({ key }) => key.id === id)
    expect(copies.map(({ messageStubType }) => messageStubType ?? 0)).toEqual([2, 0])
  })
})

describe("one-time keys", () => {
  it("are asked for when few are left", async () => {
    await using linked = await linkedClient()
    const { me, wa } = linked
    const { preKeys } = me.client().device
    preKeys.splice(0, preKeys.length - 5)
    const ana = wa.contact(anasNumber)
    await ana.say("takes one")
    await wa.witness.until("the client uploads more", () => preKeys.length > 4)
    expect(preKeys).toHaveLength(9)
  })
})
