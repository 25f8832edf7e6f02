/**
 * By which names this server may be asked for. A page of a foreign name whose address somebody turns into this machine's
 * (DNS rebinding) is, to the browser, of the same origin as this server; the name that it asks for is all that gives it
 * away.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#status.421
 */
import { isIP } from "node:net"
import { Effect } from "effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerRespondable from "effect/http/HttpServerRespondable"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import { Misdirected } from "../../contracts/http/problems.ts"

const authority = /^(?:\[([^\]]*)\]|([^:[\]]+))(?::\d{0,5})?$/

/** The name, or the address, of `host:port`; `undefined` where it is none. */
const nameOf = (host: string): string | undefined => {
  const [, address, name] = authority.exec(host) ?? []
  return (address ?? name)?.toLowerCase().replace(/\.$/, "")
}

/** A client that is no browser may name none, in HTTP/1.0; or a whole URL, which goes before the header. */
const hostOf = (url: string, header: string | undefined): string | undefined =>
  url.startsWith("/") || url === "*" ? header : (URL.parse(url)?.host ?? "")

/** Browsers find these on their own machine, whatever a name server says. */
const isLocal = (name: string): boolean => name === "localhost" || name.endsWith(".localhost")

/**
 * Whether a server that has some names may be asked by one. An address is nobody's name: a page that was loaded from it
 * was loaded from here.
 *
 * @example knownAmong(["wadjet.example"])("wadjet.example:443") // true
 */
export const knownAmong = (names: ReadonlyArray<string>) => {
  const known = new Set(names.map(nameOf))
  return (host: string): boolean => {
    const name = nameOf(host)
    return name !== undefined && (isIP(name) !== 0 || isLocal(name) || known.has(name))
  }
}

const charactersMax = 253

/** Answers 421 to whoever asks by another name, whatever they ask for. */
export const onlyByKnownNames = (names: ReadonlyArray<string>) => {
  const isKnown = knownAmong(names)
  return <E, R>(answer: Effect.Effect<HttpServerResponse, E, R>) =>
    Effect.flatMap(HttpServerRequest, ({ headers, url }) => {
      const host = hostOf(url, headers["host"])
      if (host === undefined || isKnown(host)) return answer
      const found = JSON.stringify(host.slice(0, charactersMax))
      return HttpServerRespondable.toResponse(
        new Misdirected({
          detail: `Expected an address, localhost, or a name that this server knows as its own; found ${found}. Where that is its name, its operator adds it to WADJET_HTTP_NAMES.`
        })
      )
    })
}
