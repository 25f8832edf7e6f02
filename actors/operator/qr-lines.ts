/** A QR code in a terminal: two rows of modules a line, in half blocks. */
import { encodeQR } from "qr"

/** Lines to print. Light is the block, dark the background, as on most terminals; scanners read both. */
export const qrLines = (text: string): ReadonlyArray<string> =>
  encodeQR(text, "ascii", { ecc: "low", border: 2 })
    .split("\n")
    .filter((line) => line !== "")
