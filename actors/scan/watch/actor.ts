/** The scanner's watch: links that chats hold are looked at again, in time and when lists change. */
import { processManager } from "../../../infra/actor/process-manager.ts"
import { type Eyes, performWith, publishes } from "./perform.ts"
import { follow } from "./follow.ts"
import { makeRelay } from "./relay.ts"
import { evolve, listens } from "./evolve.ts"

/** What lists say goes before what is only due, and neither waits for the other. */
const slots = [1, 1]

export const makeWatch = (eyes: Eyes, relay = makeRelay()) =>
  processManager({
    name: "scan",
    version: 2,
    // `scan` is what its workers write too, which expect nothing there: so does the watch.
    owns: ["scan", "feed", "source"],
    listens,
    publishes,
    unhurried: true,
    slots,
    evolve,
    perform: performWith(eyes),
    answers: [],
    beside: follow(eyes, relay)
  })
