import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  loginFailures,
  startLoopbackWhatsApp,
  streamErrors,
  type LoginFailure,
  type StreamError
} from "./index.ts"
import { linkedClient, ownNumber, shownQr, type Linked } from "./linked-client.ts"
import { child } from "./protocol/nodes.ts"
import { testClient } from "./test-client.ts"

const keysOf = <K extends string>(record: Readonly<Record<K, unknown>>): readonly K[] =>
  Object.keys(record) as K[]

describe("linking", () => {
  it("pairs a client by QR code, tells it to connect anew, and knows it then", async () => {
    await using linked = await linkedClient()
    const { client, me } = linked
    expect(client.closeCodes()).toEqual([515])
    expect(client.auth.creds.me).toMatchObject({
      id: `${ownNumber}:1@s.whatsapp.net`,
      lid: expect.stringContaining(":1@lid")
    })
    expect(me.clients()).toHaveLength(1)
    expect(me.client().device.preKeys.length).toBeGreaterThan(700)
  })

  it("pairs a client by the code that it shows", async () => {
    const wa = await startLoopbackWhatsApp()
    const me = wa.account({ number: ownNumber })
    const client = testClient(wa.url)
    await shownQr(client)
    const code = await client.socket().requestPairingCode(ownNumber)
    await wa.witness.until("the code flow begins", () =>
      wa.witness.stanzas("in", "iq").some((iq) => child(iq, "link_code_companion_reg") !== undefined)
    )
    await me.enterPairingCode(code)
    await me.connected()
    expect(client.auth.creds.me?.id).toBe(`${ownNumber}:1@s.whatsapp.net`)
    await client.stop()
    await wa.close()
  })

  it("refuses a pairing code that is not the client's", async () => {
    const wa = await startLoopbackWhatsApp()
    const me = wa.account({ number: ownNumber })
    const client = testClient(wa.url)
    await shownQr(client)
    await client.socket().requestPairingCode(ownNumber, "ABCDEFGH")
    await wa.witness.until("the code flow begins", () =>
      wa.witness.stanzas("in", "iq").some((iq) => child(iq, "link_code_companion_reg") !== undefined)
    )
    await expect(me.enterPairingCode("HGFEDCBA")).rejects.toThrow("expected the code that the client shows")
    expect(me.clients()).toHaveLength(0)
    await client.stop()
    await wa.close()
  })

  it("refuses a QR code of a client that has gone", async () => {
    const wa = await startLoopbackWhatsApp()
    const me = wa.account({ number: ownNumber })
    const client = testClient(wa.url)
    const qr = await shownQr(client)
    await client.stop()
    await wa.witness.until("the client is gone", () => wa.world.connections.size === 0)
    await expect(me.scanQr(qr)).rejects.toThrow("the code is old")
    await wa.close()
  })
})

describe("an unlinked or replaced device", () => {
  it("ends with 401 when the phone removes it, and is refused from then on", async () => {
    await using linked = await linkedClient()
    const { client, me } = linked
    me.unlink(me.client())
    await client.until("the end", () => client.closeCodes().length === 2)
    client.connect()
    await client.until("the refusal", () => client.closeCodes().length === 3)
    expect(client.closeCodes()).toEqual([515, 401, 401])
  })

  it("is forgotten when the client logs out", async () => {
    await using linked = await linkedClient()
    const { client, me, wa } = linked
    await client.socket().logout()
    await wa.witness.until("the device is forgotten", () => me.clients().length === 0)
    await client.until("the end", () => client.closeCodes().length === 2)
    expect(client.closeCodes()).toEqual([515, 401])
  })

  it("sees 440 when the same device connects again", async () => {
    await using linked = await linkedClient()
    const { client } = linked
    client.connect()
    await client.until("the first connection is replaced", () => client.closeCodes().length === 2)
    expect(client.closeCodes()).toEqual([515, 440])
  })
})

describe("refusals", () => {
  let linked: Linked
  beforeAll(async () => {
    linked = await linkedClient()
  })
  afterAll(() => linked[Symbol.asyncDispose]())

  /** The code with which the connection ends that `act` is about. */
  const endOf = async (act: () => void): Promise<number | undefined> => {
    const { client } = linked
    const before = client.closeCodes().length
    act()
    await client.until("the end", () => client.closeCodes().length > before)
    return client.closeCodes().at(-1)
  }
  const connected = async (): Promise<void> => {
    const { client, me } = linked
    if (!me.client().isConnected()) client.connect()
    await client.until("the connection", () => client.isOpen())
  }

  it.each(keysOf<LoginFailure>(loginFailures))(
    "refuses a login: %s, and lets the client in afterwards",
    async (reason) => {
      await connected()
      const { client, me, wa } = linked
      expect(await endOf(() => me.client().drop())).toBe(428)
      wa.faults.loginFailures.push(reason)
      expect(await endOf(client.connect)).toBe(loginFailures[reason])
      await connected()
    }
  )

  it.each(keysOf<StreamError>(streamErrors))("ends a stream: %s", async (error) => {
    await connected()
    expect(await endOf(() => linked.me.client().streamError(error))).toBe(streamErrors[error].seenAs)
  })

  it("ends a stream with any other code", async () => {
    await connected()
    expect(await endOf(() => linked.me.client().streamError(516))).toBe(516)
  })
})
