import { describe, expect, it } from "vitest"
import { node } from "./protocol/nodes.ts"
import { makeQueue } from "./queue.ts"

const group = "120363000000000000@g.us"
const message = (id: string, participant?: string) =>
  node("message", { id, from: participant === undefined ? "1@lid" : group, participant })
const ids = (queue: ReturnType<typeof makeQueue>) => queue.waiting.map((entry) => entry.node.attrs.id)

describe("what waits for a client", () => {
  it("is settled by a receipt for it, and for others in its list", () => {
    const queue = makeQueue()
    for (const id of ["A", "B", "C"]) queue.add(message(id))
    queue.settle(node("receipt", { id: "A", to: "1@lid" }, [node("list", {}, [node("item", { id: "C" })])]))
    expect(ids(queue)).toEqual(["B"])
  })

  it("is settled by an ack of its class", () => {
    const queue = makeQueue()
    queue.add(message("A"))
    queue.add(node("notification", { id: "A", from: "1@lid" }))
    queue.settle(node("ack", { id: "A", class: "notification", to: "1@lid" }))
    expect(queue.waiting.map((entry) => entry.node.tag)).toEqual(["message"])
  })

  it("is settled by the ack of a receipt that asks for a retry, which is no such receipt itself", () => {
    const queue = makeQueue()
    queue.add(node("receipt", { id: "A", from: "1@lid", type: "retry" }))
    queue.settle(node("ack", { id: "A", class: "receipt", type: "retry", to: "1@lid" }))
    expect(queue.waiting).toEqual([])
  })

  it("is not settled by an answer to somebody else, or to another chat", () => {
    const queue = makeQueue()
    queue.add(message("A", "1@lid"))
    queue.add(message("A", "2@lid"))
    queue.settle(node("receipt", { id: "A", to: group, participant: "2:5@lid" }))
    expect(queue.waiting.map((entry) => entry.node.attrs.participant)).toEqual(["1@lid"])
    queue.settle(node("receipt", { id: "A", to: "3@lid" }))
    expect(ids(queue)).toEqual(["A"])
  })

  it("stays, once a retry was asked for, until the refusal that follows; the copy waits for its own receipt", () => {
    const queue = makeQueue()
    const first = queue.add(message("A"))
    queue.settle(node("receipt", { id: "A", to: "1@lid", type: "retry" }))
    const copy = queue.add(message("A"))
    expect(first.isRetried).toBe(true)
    queue.settle(node("ack", { id: "A", class: "message", to: "1@lid", error: "500" }))
    expect(queue.waiting).toEqual([copy])
    queue.settle(node("receipt", { id: "A", to: "1@lid" }))
    expect(queue.waiting).toEqual([])
  })
})
