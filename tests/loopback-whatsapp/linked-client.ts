import type { UserFacingSocketConfig } from "@whiskeysockets/baileys"
import { startLoopbackWhatsApp, type Account, type AccountOptions, type LoopbackWhatsApp } from "./index.ts"
import { mediaTrust } from "./media/trust.ts"
import type { ServerOptions } from "./server.ts"
import { testClient, type TestClient } from "./test-client.ts"

/** A server with one account and a real client linked to it; `await using` stops both. */
export interface Linked extends AsyncDisposable {
  readonly wa: LoopbackWhatsApp
  readonly me: Account
  readonly client: TestClient
}

export interface LinkedOptions {
  readonly account?: Partial<AccountOptions>
  readonly config?: Partial<UserFacingSocketConfig>
  readonly server?: ServerOptions
  /** Whether there is a media host, which the client then trusts. */
  readonly mediaHost?: boolean
}

export const ownNumber = "5511900000001"

const mediaConfig = ({ media }: LoopbackWhatsApp): Partial<UserFacingSocketConfig> => {
  if (media === undefined) return {}
  const { fetchAgent, options } = mediaTrust(media)
  return { fetchAgent, options }
}

/** The QR code that a client shows first. */
export const shownQr = (client: TestClient): Promise<string> =>
  client.until("a QR code", () => client.events("connection.update").find(({ qr }) => qr !== undefined)?.qr)

/** Starts a server and links a client to it by QR code. */
export const linkedClient = async (options: LinkedOptions = {}): Promise<Linked> => {
  const { account, config, mediaHost = false, server } = options
  const wa = await startLoopbackWhatsApp({ ...server, mediaHost })
  const me = wa.account({ number: ownNumber, name: "Owner", ...account })
  const client = testClient(wa.url, { ...mediaConfig(wa), ...config })
  await me.scanQr(await shownQr(client))
  await me.connected()
  // Cut off before this, a client waits for a history that does not come again, and holds its events back.
  await client.until("the first synchronisation", () => (client.auth.creds.accountSyncCounter ?? 0) > 0)
  return {
    wa,
    me,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.stop()
      await wa.close()
    }
  }
}
