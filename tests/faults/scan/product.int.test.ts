import { describe, expect, inject, it } from "vitest"
import { dirname } from "node:path"
import { mayEnter, proxyAddress, runInside } from "../../infra/guarded-client/namespace/enter.ts"
import type { Ran } from "./product-inside.ts"

/** Written down here by themselves: the only addresses that anybody may have connected to, and what is there. */
const controls: Readonly<Record<string, string>> = {
  "93.184.215.14": "a site",
  "1.2.3.4": "a site with a certificate",
  "2606:4700::1111": "a site by IPv6",
  "9.9.9.9": "the services that take no key",
  "11.0.0.1": "a list of dangerous links"
}

/** Who of ours may begin a connection, and look a name up; the server that the product starts is its own. */
const mayConnect = new Set([
  "infra/guarded-client/connect.ts",
  "infra/nats-server/child.ts",
  "@nats-io/transport-node"
])
const mayLookUp = new Set(["infra/guarded-client/resolve-name.ts"])

const program = inject("natsServer")
const permitted = await mayEnter()

describe("the product, where every address of the internet is this machine", () => {
  it.runIf(permitted && "path" in program)(
    "connects to public addresses alone, by its guarded client alone, wherever links, names, pages and lists lead",
    async () => {
      const { begun, connections, evidence, finished, posted, requests } = await runInside<Ran>(
        new URL("product-inside.ts", import.meta.url),
        {
          NODE_USE_ENV_PROXY: "0",
          ...("path" in program ? { PATH: `${dirname(program.path)}:${process.env["PATH"] ?? ""}` } : {})
        }
      )
      const guarded = Object.entries(connections).filter(([address]) => controls[address] === undefined)
      console.log(
        [
          `${posted} links posted, ${finished} with a last result`,
          `connections to guarded listeners counted ${guarded.reduce((sum, [, count]) => sum + count, 0)}`,
          ...Object.entries(controls).map(
            ([address, what]) => `connections to ${address}, ${what}, counted ${connections[address] ?? 0}`
          ),
          ...[...new Set(begun.map(({ by, what }) => `${what} by ${by}`))].toSorted()
        ].join("\n")
      )
      expect(guarded).toEqual([])
      expect(connections[proxyAddress]).toBeUndefined()
      for (const address of Object.keys(controls))
        expect([address, connections[address] ?? 0]).not.toEqual([address, 0])
      expect(posted).toBeGreaterThan(250)
      expect(finished).toBe(posted)
      // Every way to send somebody on was met, and was found to lead inside.
      for (const way of ["status-301", "status-308", "refresh-header", "meta-refresh", "page"])
        expect(requests).toContain(`site.example.com/${way}`)
      expect(evidence["redirects.refused-address"]).toBeGreaterThan(100)
      const strangers = begun.filter(({ by, to, what }) =>
        what === "connect" ? !mayConnect.has(by) : !mayLookUp.has(by) && to !== "127.0.0.1"
      )
      expect(strangers).toEqual([])
      const ofItsOwn = begun.filter(
        ({ by, what }) => what === "connect" && !by.startsWith("infra/guarded-client/")
      )
      expect(ofItsOwn.filter(({ to }) => !to.startsWith("127.0.0.1:"))).toEqual([])
    },
    240_000
  )
})
