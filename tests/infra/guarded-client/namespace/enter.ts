/**
 * Running a script where every address of the internet is this machine: in a network namespace of its own, whose one
 * route says that all of IPv4 and IPv6 is local. A listener on a port hears whoever connects to it by any address, so
 * that a connection to a private address cannot go unseen, and one to a public address needs no exemption.
 */
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Name servers are asked by the file that names them; there is one, on loopback. */
const prelude = `
  ip link set lo up &&
  ip route add local 0.0.0.0/0 dev lo &&
  ip -6 route add local ::/0 dev lo &&
  mount --bind "$0" /etc/resolv.conf &&
  exec "$@"`

/** What is left of it when it ends ends with it. */
const unshare = [
  "--map-root-user",
  "--net",
  "--mount",
  "--pid",
  "--fork",
  "--mount-proc",
  "--kill-child",
  "sh",
  "-c",
  prelude
]

const withNames = async <A>(use: (file: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "wadjet-namespace-"))
  const file = join(folder, "resolv.conf")
  writeFileSync(file, "nameserver 127.0.0.1\n")
  try {
    return await use(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether this machine lets this user make such a namespace. */
export const mayEnter = (): Promise<boolean> =>
  withNames(async (file) => spawnSync("unshare", [...unshare, file, "true"]).status === 0)

/** A proxy that nobody should ask: it has an address inside. */
export const proxyAddress = "10.99.99.99"

const proxies = Object.fromEntries(
  ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"].map((name) => [
    name,
    `http://${proxyAddress}:80/`
  ])
)

/** Runs a script of TypeScript there, to its end; answers with the JSON that it writes. */
export const runInside = <A>(script: URL, environment: Readonly<Record<string, string>> = {}): Promise<A> =>
  withNames(async (file) => {
    const child = spawn("unshare", [...unshare, file, process.execPath, script.pathname], {
      env: { PATH: process.env["PATH"] ?? "", ...proxies, NODE_USE_ENV_PROXY: "1", ...environment },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let written = ""
    let complaints = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => (written += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text))
    const [code] = await once(child, "close")
    if (code !== 0) throw new Error(`expected the script to end well, found code ${code}: ${complaints}`)
    return JSON.parse(written) as A
  })
