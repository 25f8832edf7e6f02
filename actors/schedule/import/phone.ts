import * as Result from "effect/Result"
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min"

/** The country of numbers that are written without one: two letters of ISO 3166, `DE`. */
export type Region = string | undefined

// An address of WhatsApp is a number with its country in front, and perhaps the device behind it.
const whatsAppAddress = /^\+?(\d{7,15})(?::\d+)?@(?:s\.whatsapp\.net|c\.us)$/

/**
 * A phone number in E.164, however it was written: with spaces and brackets, in national form where a region says
 * whose, with `00` or without `+` before the country, as a `tel:` URI or an address of WhatsApp.
 *
 * @example readPhone("0170 000 00 00", "DE") // "+491700000000"
 */
export function readPhone(text: string, region: Region): Result.Result<string, string> {
  const written = text.trim().slice(0, phoneLengthMax)
  const address = whatsAppAddress.exec(written)?.[1]
  const bare =
    address === undefined ? written.replace(/^tel:/i, "").replace(/^00(?=[1-9])/, "+") : `+${address}`
  const country = region?.toUpperCase()
  const national = country !== undefined && isSupportedCountry(country) ? parse(bare, country) : parse(bare)
  // Digits without a plus may begin with a country all the same, as they do in WhatsApp's own lists.
  const found = national ?? (/^[1-9][\d\s().-]*$/.test(bare) ? parse(`+${bare}`) : undefined)
  if (found !== undefined) return Result.succeed(found)
  const hint =
    bare.startsWith("+") || country !== undefined ? "" : ", or a region for numbers without their country"
  return Result.fail(`expected a phone number such as +49 170 0000000${hint}, found "${written}"`)
}

/** Longer texts are no numbers; only so much of them is shown. */
const phoneLengthMax = 60

function parse(text: string, country?: Parameters<typeof parsePhoneNumberFromString>[1]): string | undefined {
  const options = { extract: false, ...(typeof country === "string" ? { defaultCountry: country } : {}) }
  const parsed = parsePhoneNumberFromString(text, options)
  // WhatsApp knows no extensions: a number with one is somebody's switchboard.
  return parsed?.isValid() === true && parsed.ext === undefined ? parsed.number : undefined
}

/** Whether numbers of a region can be read. */
export const isRegion = (region: string): boolean => isSupportedCountry(region.toUpperCase())
