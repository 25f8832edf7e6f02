import { DEFAULT_CONNECTION_CONFIG, WA_CERT_DETAILS } from "@whiskeysockets/baileys"

/** The environment variable that tells a process which root to trust: its public key, 64 hexadecimal digits. */
export const rootVariable = "LOOPBACK_WHATSAPP_ROOT"

/** The environment variable that tells a process where its clients connect unless they say so themselves. */
export const addressVariable = "LOOPBACK_WHATSAPP_URL"

/** Makes every Baileys client of this process accept servers certified by this root, and no others. */
export const trustRoot = (publicKey: Uint8Array): void => {
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(publicKey)
}

/** What a child process needs in its environment, beside `--import` of `preload.ts`, to use this server. */
export const serverEnvironment = (publicKey: Uint8Array, url: string): Record<string, string> => ({
  [rootVariable]: Buffer.from(publicKey).toString("hex"),
  [addressVariable]: url
})

/** Trusts the root that the environment names, if it names one. */
export const trustRootOfEnvironment = (): void => {
  const given = process.env[rootVariable]
  if (given === undefined) return
  if (!/^[0-9a-f]{64}$/i.test(given))
    throw new Error(`${rootVariable}: expected 64 hexadecimal digits, found ${given.length} characters`)
  trustRoot(Buffer.from(given, "hex"))
}

/** Sends every client of this process that names no address to the one of the environment, if that names one. */
export const useAddressOfEnvironment = (): void => {
  const given = process.env[addressVariable]
  if (given !== undefined) DEFAULT_CONNECTION_CONFIG.waWebSocketUrl = given
}
