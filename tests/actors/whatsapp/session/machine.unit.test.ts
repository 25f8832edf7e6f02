import { expect, test } from "vitest"
import { initial, type Input, type Machine } from "../../../../actors/whatsapp/session/machine-model.ts"
import { step, wakeAt } from "../../../../actors/whatsapp/session/machine.ts"
import type { SessionState } from "../../../../contracts/session.ts"

/** A machine that is given inputs at times, and remembers what it was made to do. */
const given = (linked: boolean, began = 0) => {
  let machine: Machine = initial(7, linked, began)
  const done: Array<string> = []
  const facts: Array<unknown> = []
  const at = (now: number, input: Input, random = 0.5) => {
    const [next, actions] = step(machine, input, { now, random })
    machine = next
    done.length = 0
    for (const action of actions) {
      done.push(action.act)
      if (action.act === "record") facts.push([action.fact.type, action.fact.data])
    }
    return it
  }
  const it = { at, done, facts, machine: () => machine, state: () => machine.state.state }
  return it
}

const closed = (code: number, by: "whatsapp" | "network" = "whatsapp"): Input => ({
  input: "closed",
  disconnect: { code, by }
})
const started = (remembered?: SessionState): Input => ({ input: "started", remembered })
const open: Input = { input: "open" }
const tick: Input = { input: "tick" }
const begin = (method: "qr" | "code", phone?: string): Input => ({
  input: "link",
  method,
  phone,
  by: "operator"
})

test("an unlinked session does nothing until it is asked to link", () => {
  const it = given(false).at(0, started())
  expect([it.state(), it.done]).toEqual(["unlinked", []])
  expect(wakeAt(it.machine())).toBe(Number.POSITIVE_INFINITY)
})

test("linking by QR code shows every code, and ends in an open connection", () => {
  const it = given(false).at(0, started()).at(1, begin("qr"))
  expect(it.done).toEqual(["record", "connect"])
  expect(it.at(2, { input: "qr", text: "one" }).done).toEqual(["live"])
  expect(it.at(3, { input: "qr", text: "two" }).done).toEqual(["live"])
  it.at(4, { input: "paired" })
  expect(it.at(5, closed(515)).done).toEqual(["connect"])
  it.at(6, open)
  expect(it.facts).toEqual([
    ["session.link-began", { method: "qr", by: "operator" }],
    ["session.linked", { method: "qr", at: 4 }],
    ["session.opened", { epoch: 7, attempts: 2, downMillis: 2 }]
  ])
})

test("a pairing code is asked for once a connection, when the server is ready", () => {
  const it = given(false).at(0, begin("code", "491700000000"))
  expect(it.at(1, { input: "qr", text: "one" }).done).toEqual(["request-code"])
  expect(it.at(2, { input: "qr", text: "two" }).done).toEqual([])
  expect(it.at(3, { input: "code", code: "ABCDEFGH" }).done).toEqual(["live"])
})

test("used-up codes are followed by new ones until nobody is waited for any more", () => {
  const it = given(false).at(0, begin("qr")).at(160_000, closed(408, "network"))
  expect(it.state()).toBe("linking")
  expect(it.at(161_000, tick).done).toEqual(["connect"])
  expect(it.at(300_000, tick).done).toEqual(["disconnect", "wipe", "live", "record"])
  expect(it.state()).toBe("unlinked")
  expect(it.facts.at(-1)).toEqual(["session.link-ended", { method: "qr", outcome: "expired" }])
})

test.each<[string, Input, object]>([
  ["a refusal", closed(403), { outcome: "refused", code: 403 }],
  ["a passkey", { input: "passkey" }, { outcome: "passkey-required" }],
  ["the operator", { input: "unlink" }, { outcome: "cancelled" }]
])("linking is ended by %s, and says so", (_name, input, data) => {
  const it = given(false).at(0, begin("qr")).at(1, input)
  expect(it.state()).toBe("unlinked")
  expect(it.facts.at(-1)).toEqual(["session.link-ended", { method: "qr", ...data }])
})

test("an outage of a moment is no fact; a longer one is told, and so is its end", () => {
  const it = given(true).at(0, started()).at(100, open)
  it.at(200_000, closed(428, "network"), 0)
  expect(wakeAt(it.machine())).toBe(200_500)
  it.at(200_500, tick).at(201_000, open)
  expect(it.facts.length).toBe(1)
  it.at(400_000, closed(428, "network"), 0).at(400_500, tick).at(400_600, closed(408, "network"), 1)
  expect(wakeAt(it.machine())).toBeLessThan(430_000)
  it.at(430_000, tick).at(430_000, tick)
  expect(it.facts.at(-1)).toMatchObject(["session.closed", { cause: "transient", code: 408 }])
  it.at(431_000, open)
  expect(it.facts.at(-1)).toMatchObject(["session.opened", { downMillis: 31_000 }])
})

test("failures in a row wait longer and longer; one that was open for a minute starts over", () => {
  const it = given(true).at(0, started())
  const waits = [1, 2, 3].map((second) => {
    const now = second * 1_000_000
    it.at(now, closed(503), 1)
    const wait = wakeAt({ ...it.machine(), told: "down" }) - now
    it.at(now + wait, tick)
    return wait
  })
  expect(waits).toEqual([7_500, 12_500, 22_500])
  it.at(5_000_000, open).at(5_061_000, closed(503), 1)
  expect(wakeAt({ ...it.machine(), told: "down" }) - 5_061_000).toBe(7_500)
})

test("a connection that was replaced is not fought over, not even by a restart", () => {
  const it = given(true).at(0, started()).at(1, open).at(2, closed(440))
  expect(it.facts.at(-1)).toEqual(["session.closed", { cause: "replaced", code: 440 }])
  expect(wakeAt(it.machine())).toBe(Number.POSITIVE_INFINITY)
  const again = given(true).at(10, started(it.machine().state))
  expect([again.state(), again.done]).toEqual(["closed", []])
  expect(again.at(11, { input: "reconnect" }).done).toEqual(["disconnect", "connect"])
})

test("a log-out wipes the credentials and says so; a restart does not connect", () => {
  const it = given(true).at(0, started()).at(1, open).at(2, closed(401))
  expect(it.done).toEqual(["wipe", "record"])
  expect(it.facts.at(-1)).toEqual(["session.logged-out", { by: "whatsapp", code: 401 }])
  const again = given(false).at(10, started(it.machine().state))
  expect([again.state(), again.done]).toEqual(["logged-out", []])
})

test("a ban is not asked about again, a suspension once it is over", () => {
  const banned = given(true).at(0, started()).at(1, closed(403))
  expect(banned.facts.at(-1)).toEqual(["session.refused", { reason: "banned", code: 403 }])
  expect(wakeAt(banned.machine())).toBe(Number.POSITIVE_INFINITY)
  expect(given(true).at(10, started(banned.machine().state)).done).toEqual([])
  const suspended = given(true)
    .at(0, started())
    .at(1, { input: "closed", disconnect: { code: 402, by: "whatsapp", forSeconds: 3_600 } })
  expect(wakeAt(suspended.machine())).toBe(3_600_001)
  expect(given(true).at(10, started(suspended.machine().state)).done).toEqual([])
  expect(given(true).at(3_600_002, started(suspended.machine().state)).done).toEqual(["connect"])
})

test("a rate limit is told at once, held for long, and held over a restart", () => {
  const it = given(true).at(0, started()).at(1, open).at(2, closed(429))
  expect(it.facts.at(-1)).toMatchObject(["session.closed", { cause: "rate-limited", code: 429 }])
  expect(wakeAt(it.machine())).toBeGreaterThan(15 * 60_000)
  expect(given(true).at(10, started(it.machine().state)).done).toEqual([])
})

test("restarts that WhatsApp asks for are followed at once, but not in a circle", () => {
  const it = given(true).at(0, started())
  for (let n = 0; n < 5; n += 1) expect(it.at(n, closed(515)).done).toEqual(["connect"])
  expect(it.at(6, closed(515)).done).toEqual([])
  expect(it.state()).toBe("closed")
})

test("a silent connection is made anew; one found deaf is told as degraded and mended", () => {
  const it = given(true).at(0, started()).at(1, open)
  expect(it.at(2, { input: "judged", judgement: "silent" }).done).toEqual(["disconnect", "connect"])
  it.at(3, open).at(4, { input: "was-deaf" })
  expect(it.facts.slice(1)).toEqual([
    ["session.degraded", { reason: "deaf" }],
    ["session.recovered", { reason: "deaf" }]
  ])
  expect(it.state()).toBe("open")
})

test("acks that stay away are told, and a new connection mends it", () => {
  const it = given(true).at(0, started()).at(1, open)
  expect(it.at(2, { input: "judged", judgement: "unacknowledged" }).done).toEqual([
    "record",
    "disconnect",
    "connect"
  ])
  it.at(3, open)
  expect(it.facts.slice(1)).toEqual([
    ["session.degraded", { reason: "unacknowledged" }],
    ["session.recovered", { reason: "unacknowledged" }]
  ])
})

test("a limit on reaching out degrades an open connection until it runs out", () => {
  const it = given(true).at(0, started()).at(1, open)
  it.at(2, { input: "reach-out-limit", active: true, until: 5_000 })
  expect(it.machine().state).toEqual({
    state: "degraded",
    since: 2,
    reason: "reach-out-limited",
    until: 5_000
  })
  expect(wakeAt(it.machine())).toBe(5_000)
  it.at(5_000, tick)
  expect([it.state(), it.facts.at(-1)]).toEqual([
    "open",
    ["session.recovered", { reason: "reach-out-limited" }]
  ])
})

test("unlinking says goodbye, wipes, and is a fact", () => {
  const it = given(true).at(0, started()).at(1, open).at(2, { input: "unlink" })
  expect(it.done).toEqual(["log-out", "disconnect", "wipe", "record"])
  expect(it.facts.at(-1)).toEqual(["session.logged-out", { by: "operator" }])
  expect(it.state()).toBe("unlinked")
})
