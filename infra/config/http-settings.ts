/** Settings of the page and the HTTP API: where they listen, and by which names they are asked for. */
import { setting } from "./setting.ts"

/** Where the page and the API listen. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const parseListen = (text: string): ListenAddress | undefined => {
  const match = /^(.+):(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  return match === null || port > 65_535 ? undefined : { host: match[1]!.replace(/^\[(.*)\]$/, "$1"), port }
}

/** A URL of scheme and host alone, and without the slash that one may end in. */
const parseOrigin = (text: string): string | undefined => {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined
  return text.replace(/\/$/, "") === url.origin ? url.origin : undefined
}

const namePattern = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/i

const parseNames = (text: string): ReadonlyArray<string> | undefined => {
  if (text.trim() === "") return []
  const names = text.split(",").map((name) => name.trim())
  return names.every((name) => name.length <= 253 && namePattern.test(name)) ? names : undefined
}

export const httpSettings = {
  http: setting({
    name: "WADJET_HTTP",
    about: "Where the page and the HTTP API listen.",
    accepts: "host:port; port 0 takes a free one",
    fallback: "127.0.0.1:7411",
    parse: parseListen
  }),
  publicUrl: setting({
    name: "WADJET_PUBLIC_URL",
    about:
      "How browsers reach the page, where a proxy stands before it. With https, cookies are sent over TLS only.",
    accepts: "an http or https URL without a path, such as https://wadjet.example",
    fallback: undefined,
    parse: parseOrigin
  }),
  httpNames: setting({
    name: "WADJET_HTTP_NAMES",
    about:
      "More names by which the page and the API may be asked for, such as what a proxy calls this machine. Addresses, localhost and the names in WADJET_HTTP and WADJET_PUBLIC_URL always may; a request by any other name is answered 421.",
    accepts: "names without ports, with commas between them, such as nas.lan,wadjet",
    fallback: "",
    parse: parseNames
  })
} as const
