import { googleHosts } from "./google-hosts.ts"
import { proofpointV2, proofpointV3 } from "./proofpoint.ts"
import { base64Decoded, behindHost, listed, percentDecoded, rawParameter, type Wrapper } from "./wrapper.ts"

const ampParameters: ReadonlySet<string> = new Set(["usqp", "amp_js_v", "amp_gsa", "amp_r", "aoh", "amp_ct"])

// `/amp/s/example.com/a` and `/c/s/example.com/a`: with `s/` it is https.
function ampTarget(url: URL, prefix: RegExp): string | undefined {
  const [, secure, rest] = prefix.exec(url.pathname) ?? []
  if (rest === undefined) return undefined
  const path = /^https?:/i.test(percentDecoded(rest)) || !rest.includes("/") ? percentDecoded(rest) : rest
  const query = without(url.search, (name) => ampParameters.has(name))
  return `${/^https?:/i.test(path) ? "" : secure === undefined ? "http://" : "https://"}${path}${query}`
}

function without(search: string, isDropped: (name: string) => boolean): string {
  const kept = search
    .slice(1)
    .split("&")
    .filter((parameter) => parameter !== "" && !isDropped(parameter.split("=", 1)[0] ?? ""))
  return kept.length === 0 ? "" : `?${kept.join("&")}`
}

// `en-m-wikipedia-org.translate.goog`: dots are hyphens, and hyphens are two.
function translated(url: URL): string | undefined {
  const name = url.hostname.slice(0, -".translate.goog".length)
  if (name === "" || name.includes(".")) return undefined
  const host = name.replace(/--?/g, (hyphens) => (hyphens === "-" ? "." : "-"))
  const scheme = url.searchParams.get("_x_tr_sch") === "http" ? "http" : "https"
  return `${scheme}://${host}${url.pathname}${without(url.search, (parameter) => parameter.startsWith("_x_tr_"))}`
}

/** The first group of `pattern` in what stands behind the host, its escapes undone. */
const behind = (pattern: RegExp) => (url: URL) => {
  const found = pattern.exec(behindHost(url))?.[1]
  return found === undefined ? undefined : percentDecoded(found)
}

/** A link in base64 where `pattern` finds it. */
const inBase64 = (pattern: RegExp) => (url: URL) => {
  const found = pattern.exec(behindHost(url))?.[1]
  return found === undefined ? undefined : base64Decoded(percentDecoded(found))
}

// JSON may hold JSON as a text; a pattern reads both, and what is no link is refused anyway.
const inJson = (pattern: RegExp, field: RegExp) => (url: URL) => {
  const json = inBase64(pattern)(url)
  return json === undefined ? undefined : field.exec(json.replace(/\\(?=[\\"/])/g, ""))?.[1]
}

// `/CL0/https:%2F%2Fexample.com%2Fa/1/0100…`: the link, the place in the mail, the mail.
const behindClick = behind(/^\/CL\d+\/(https?(?::|%3a)[^/]+)/i)

const wholeQuery = (url: URL): string | undefined => {
  const query = url.search.slice(1)
  return query === "" ? undefined : (/^https?%/i.test(query) ? percentDecoded(query) : query) + url.hash
}

/** Wrappers whose link stands in the path, in the whole query, or in an encoding of their own. */
const rows: ReadonlyArray<readonly [name: string, hosts: string | ReadonlyArray<string>, Wrapper["within"]]> =
  [
    ["google-amp", googleHosts, (url) => ampTarget(url, /^\/amp\/(s\/)?(.+)$/)],
    [
      "amp-cache",
      "cdn.ampproject.org *.cdn.ampproject.org bing-amp.com *.bing-amp.com",
      (url) => ampTarget(url, /^\/(?:[a-z]{1,4})(?:\/[hw]\d+)?\/(s\/)?(.+)$/)
    ],
    ["google-translate", "*.translate.goog", translated],
    ["doubleclick", "ad.doubleclick.net", behind(/[;?]\??(https?(?::|%3a).*)$/i)],
    ["bing", "bing.com *.bing.com", inBase64(/^\/ck\/a\?(?:.*&)?u=a1([^&]+)/)],
    ["yahoo", "r.search.yahoo.com *.search.yahoo.com search.aol.com", behind(/\/RU=([^/]+)\//)],
    ["yahoo", "rds.yahoo.com us.rd.yahoo.com *.rd.yahoo.com", behind(/\*\*?(https?(?::|%3a).*)$/i)],
    [
      "proofpoint",
      "urldefense.proofpoint.com",
      (url) => (url.pathname === "/v2/url" ? proofpointV2(url) : undefined)
    ],
    ["proofpoint", "urldefense.com urldefense.us urldefense.proofpoint.com", proofpointV3],
    ["cisco", "secure-web.cisco.com", behind(/^\/(?:[^/]+\/)?(https?(?::|%3a).*)$/i)],
    [
      "sophos",
      "*.protection.sophos.com",
      (url) => {
        const value = rawParameter(url, "u")
        return value === undefined ? undefined : base64Decoded(percentDecoded(value))
      }
    ],
    [
      "check-point",
      "protect.checkpoint.com *.protect.checkpoint.com url.avanan.click *.avanan.click",
      behind(/^\/v2\/(?:r\d+\/)?___(.+?)___/)
    ],
    [
      "menlo",
      "safe.menlosecurity.com isolate.menlosecurity.com",
      behind(/^\/(?:\d+\/[\w.-]+\/)?(https?(?::|%3a).*)$/i)
    ],
    ["bitdefender", "lsems.gravityzone.bitdefender.com", inBase64(/^\/scan\/(aHR0[\w+=-]+)/)],
    ["steam", "steamcommunity.com", behind(/^\/linkfilter\/(https?(?::|%3a).*)$/i)],
    ["disqus", "disq.us", behind(/[?&]url=(https?(?:%3a|:)[^&]*?)(?::|%3a)[\w-]{16,}(?:&|$)/i)],
    ["ses", "*.awstrack.me", behind(/^\/L\d+\/(https?(?::|%3a)[^/]+(?:\/[^\d/][^/]*)*)/i)],
    ["reddit", "click.redditmail.com", behindClick],
    ["tldr", "tracking.tldrnewsletter.com", behindClick],
    ["govdelivery", "*.govdelivery.com", behindClick],
    ["govdelivery", "links.govdelivery.com", behind(/&&&(https?(?::|%3a).*)$/i)],
    ["govdelivery", "lnks.gd", inJson(/^\/l\/[\w-]+\.([\w-]+)\./, /"url":\s*"(https?:[^"]+)"/)],
    ["mailjet", "*.mjt.lu", inBase64(/^\/lnk\/(?:[\w-]+\/)*?(aHR0[\w+/=-]+)$/)],
    [
      "convertkit",
      "click.convertkit-mail.com click.convertkit-mail2.com click.convertkit-mail4.com click.kit-mail3.com",
      inBase64(/^\/[\w-]+\/[\w-]+\/(aHR0[\w+/=-]+)/)
    ],
    ["amazon-ads", "*.amazon-adsystem.com", behind(/^\/x\/c\/[^/]+\/(https?(?::|%3a).*)$/i)],
    ["postmark", "click.pstmrk.it", (url) => schemeless(behind(/^\/[23]s?\/([^/]+)/)(url))],
    ["mandrill", "mandrillapp.com", inJson(/^\/track\/click\/.*[?&]p=([^&]+)/, /"url":\s*"(https?:[^"]+)"/)],
    [
      "customer.io",
      "e.customeriomail.com e2.customeriomail.com",
      inJson(/^\/e\/c\/([\w-]+)/, /"href":\s*"(https?:[^"]+)"/)
    ],
    ["substack", "substack.com", inJson(/^\/redirect\/2\/([\w-]+)/, /"e":\s*"(https?:[^"]+)"/)],
    [
      "mozilla",
      "prod.outgoing.prod.webservices.mozgcp.net outgoing.prod.mozaws.net",
      behind(/^\/v1\/[0-9a-f]{64}\/(.+)$/i)
    ],
    ["partnerize", "prf.hn", behind(/\/destination:(https?(?::|%3a)[^?]*)/i)],
    [
      "commission-junction",
      "anrdoezrs.net dpbolvw.net jdoqocy.com kqzyfj.com tkqlhce.com",
      behind(/^\/links\/.*?\/(https?(?::|%3a).*)$/i)
    ],
    ["tradedoubler", "clk.tradedoubler.com", behind(/\burl\((https?(?::|%3a)[^()]*)\)/i)],
    [
      "deviantart",
      "deviantart.com",
      (url) => (url.pathname === "/users/outgoing" ? wholeQuery(url) : undefined)
    ],
    [
      "referrer-remover",
      "href.li anonym.to anonym.es anon.to anonymz.com anonymto.com hiderefer.com nullrefer.com blankrefer.com dereferer.org dereferer.me dereferer.ws hidereferrer.com nullrefer.ir refhide.com",
      wholeQuery
    ]
  ]

const schemeless = (link: string | undefined): string | undefined =>
  link === undefined || /^https?:/i.test(link) ? link : `https://${link}`

/** The wrappers of the table above. */
export const wrappersByForm: ReadonlyArray<Wrapper> = rows.map(([name, hosts, within]) => ({
  name,
  hosts: typeof hosts === "string" ? listed(hosts) : hosts,
  within
}))
