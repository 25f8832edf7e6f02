import { WA_CERT_DETAILS } from "@whiskeysockets/baileys"

/** The environment variable that tells a process which root to trust: its public key, 64 hexadecimal digits. */
export const rootVariable = "LOOPBACK_WHATSAPP_ROOT"

/** Makes every Baileys client of this process accept servers certified by this root, and no others. */
export const trustRoot = (publicKey: Uint8Array): void => {
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(publicKey)
}

/** What a child process needs in its environment, beside `--import` of `preload.ts`, to trust `publicKey`. */
export const rootEnvironment = (publicKey: Uint8Array): Record<string, string> => ({
  [rootVariable]: Buffer.from(publicKey).toString("hex")
})

/** Trusts the root that the environment names, if it names one. */
export const trustRootOfEnvironment = (): void => {
  const given = process.env[rootVariable]
  if (given === undefined) return
  if (!/^[0-9a-f]{64}$/i.test(given))
    throw new Error(`${rootVariable}: expected 64 hexadecimal digits, found ${given.length} characters`)
  trustRoot(Buffer.from(given, "hex"))
}
