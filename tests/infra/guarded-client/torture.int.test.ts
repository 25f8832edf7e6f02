import { describe, expect, it } from "vitest"
import { mayEnter, proxyAddress, runInside } from "./namespace/enter.ts"
import { ipv4Inside, ipv6Inside } from "./namespace/targets.ts"
import type { Tortured } from "./namespace/torture.ts"

/** Written down here by themselves: the only addresses that anybody may have connected to. */
const controls = ["93.184.215.14", "1.2.3.4", "2606:4700::1111", "223.255.255.254", "11.0.0.1"]

const sum = (counts: ReadonlyArray<number>): number => counts.reduce((total, count) => total + count, 0)

const permitted = await mayEnter()

describe("the guarded client, where every address of the internet is this machine", () => {
  it.runIf(permitted)(
    "connects to public addresses, and to none inside by any spelling, redirect, name or door",
    async () => {
      const script = new URL("namespace/torture.ts", import.meta.url)
      const { accepted, connections, ends, heardWithout, hosts, opened } = await runInside<Tortured>(script)
      const guarded = Object.entries(connections).filter(([address]) => !controls.includes(address))
      const attempts = sum(Object.values(ends).flatMap((of) => Object.values(of)))
      console.log(
        [
          `${attempts} questions by ${Object.keys(ends).length} ways and doors, over ${hosts} spellings of places inside`,
          `connections to guarded listeners counted ${sum(guarded.map(([, count]) => count))}`,
          ...controls.map(
            (address) => `connections to the control ${address} counted ${connections[address] ?? 0}`
          ),
          `connections that the kernel opened ${opened}, of which a listener heard ${accepted}`
        ].join("\n")
      )
      expect(guarded).toEqual([])
      expect(connections[proxyAddress]).toBeUndefined()
      for (const address of controls) expect([address, connections[address] ?? 0]).not.toEqual([address, 0])
      // Not one went to a port where nobody listens.
      expect(opened).toBe(accepted)
      // The same places are heard of without the guard: all but those that this kernel itself connects to nobody at.
      expect(heardWithout).toBeGreaterThan((ipv4Inside.length + ipv6Inside.length) / 2)
      const notRefused = Object.entries(ends).filter(
        ([door, of]) =>
          !/control|alt-svc|rebinding|turning/.test(door) &&
          Object.keys(of).some((end) => !/^refused|^malformed$/.test(end))
      )
      expect(notRefused).toEqual([])
      expect(ends["redirect by alt-svc"]).toEqual({ arrived: hosts })
      expect(ends["certificate by a name, rebinding"]).toEqual({
        answered: 2 * (ipv4Inside.length + ipv6Inside.length),
        refused: 2 * (ipv4Inside.length + ipv6Inside.length)
      })
    },
    180_000
  )
})
