/** What `wadjet run` says once it is ready, to people and to programs. Pure. */
import { durabilityOf } from "./durability.ts"
import { stopSecondsMax } from "./stop-limit.ts"

export interface Ready {
  /** How a person calls the program. */
  readonly command: string
  readonly version: string
  readonly pid: number
  readonly dataFolder: string
  /** Where the page is; null when it is not among the parts. */
  readonly page: string | null
  readonly server: "embedded" | "external"
  readonly serverVersion: string
  readonly natsUrl: string
  /** The last sequence of the log. */
  readonly last: number
  /** From the start of the process until everything took inputs. */
  readonly seconds: number
  /** The parts that run here; none means all. */
  readonly parts: ReadonlyArray<string>
  /** With which the first owner chooses a password; another one at each start until somebody has. */
  readonly setUpLink: string | undefined
  /** Made at the first start by a program, and shown only then. */
  readonly firstKey: { readonly text: string; readonly link: string } | undefined
}

export const readyJson = (ready: Ready) => {
  const {
    dataFolder,
    firstKey,
    last,
    natsUrl,
    page,
    pid,
    seconds,
    server,
    serverVersion,
    setUpLink,
    version
  } = ready
  const log = { server, version: serverVersion, url: natsUrl, durability: durabilityOf(server).detail, last }
  return {
    ready: true,
    version,
    pid,
    dataFolder,
    page,
    log,
    seconds,
    ...(setUpLink === undefined ? {} : { setUpLink }),
    ...(firstKey === undefined ? {} : { ownerKey: firstKey.text })
  }
}

/** By hand: the first use of a locale loads all of Node's tables of them, and this process runs for weeks. */
const grouped = (count: number) => String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",")

const events = (last: number) => (last === 0 ? "empty" : `${grouped(last)} event${last === 1 ? "" : "s"}`)

const setUpLines = (link: string) => [
  "",
  "Nobody can sign in yet. Choose a name and a password with this link, which works once and for a day:",
  `  ${link}`
]

const nextLines = (ready: Ready) => [
  "",
  "What to do next:",
  ...(ready.page === null
    ? []
    : ["  post a link in the sandbox chat on the page, and see its verdict arrive"]),
  `  ${ready.command} ingest "WhatsApp Chat with Family.zip"   check every link of an exported chat`,
  `  ${ready.command} events tail --follow                     watch every fact as it is recorded`,
  "",
  `Ctrl-C stops it, within ${stopSecondsMax} s; the next start carries on.`
]

export const readyLines = (ready: Ready): ReadonlyArray<string> => [
  `Wadjet ${ready.version}${ready.parts.length === 0 ? "" : `: ${ready.parts.join(", ")}`}, ready in ${ready.seconds.toFixed(2)} s`,
  "",
  `  log    ${events(ready.last)}, nats-server ${ready.serverVersion} at ${ready.natsUrl}`,
  `         ${durabilityOf(ready.server).detail}`,
  `  data   ${ready.dataFolder}`,
  ...(ready.page === null ? [] : [`  page   ${ready.page}`]),
  ...(ready.setUpLink === undefined ? [] : setUpLines(ready.setUpLink)),
  ...nextLines(ready)
]
