/** What an authenticator app does with a secret that it is shown (RFC 4648, base 32). */

/** The bytes of an authenticator's secret, as an app reads them off the QR code, or a person off the page. */
export const bytesOf = (secret: string): Buffer => {
  const bits = [...secret.replaceAll(" ", "")].map((one) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(one).toString(2).padStart(5, "0")
  )
  return Buffer.from(
    bits
      .join("")
      .match(/.{8}/g)!
      .map((byte) => Number.parseInt(byte, 2))
  )
}
