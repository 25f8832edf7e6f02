import { afterEach, expect, test } from "vitest"
import { temporaryFolder } from "../session/whole.ts"
import { named, startLoopbackWorld } from "./loopback-world.ts"

/** How many messages the whole traffic is; WADJET_TEST_MESSAGES=10000 for a long run. */
const messagesCount = Number(process.env["WADJET_TEST_MESSAGES"] ?? 600)
/** Far more than it takes on an idle machine. */
const patienceMillis = 40 * 60_000

let close: () => Promise<void> = async () => {}
afterEach(() => close())

test(
  `of ${messagesCount} messages, with replays, repeats, a kill and identities that change, every link is in the log once`,
  async () => {
    using folder = temporaryFolder()
    const world = await startLoopbackWorld(folder.path, 11)
    close = world.close
    const { me, whatsApp } = world
    const people = ["Ana", "Bea", "Cem", "Dov", "Eva", "Fay"].map((name, n) =>
      whatsApp.contact({ number: `551198888000${n}`, name, addressing: n % 2 === 0 ? "lid" : "pn" })
    )
    const [ana, bea] = [people[0]!, people[1]!]
    const groups = (["lid", "pn"] as const).map((addressing) =>
      whatsApp.group({ subject: `Group ${addressing}`, members: [me, ...people], admins: [ana], addressing })
    )
    await world.start()
    await world.link()
    const began = performance.now()

    /** One in three holds a link of its own; the words around it are as people write them. */
    const textOf = (n: number) =>
      n % 3 === 0 ? `look (https://shop-${n}.com/x?n=${n}), nice` : `number ${n}`
    const expected: Array<string> = []
    // Two who are known by their numbers alone at first, and by their LIDs later on.
    bea.speakAs("pn", false)
    ana.speakAs("pn", false)
    for (let n = 0; n < messagesCount; n++) {
      const who = people[n % people.length]!
      const where = n % 5 === 0 ? {} : { in: groups[n % 2]! }
      if (n === Math.floor(messagesCount * 0.5)) {
        ana.speakAs("lid")
        bea.speakAs("lid")
      }
      // The line breaks before a receipt: what was read, and is in the log, is delivered again.
      if (n % 331 === 100) whatsApp.faults.add("in", ({ tag }) => tag === "receipt", "drop", 1)
      // The process is killed and another one begins, while messages wait for it.
      if (n === Math.floor(messagesCount * 0.3)) await world.kill()
      if (n === Math.floor(messagesCount * 0.35)) await world.start()
      const text = textOf(n)
      // Two people in one group use the same id, again and again.
      const id = n % 50 === 1 || n % 50 === 3 ? { id: `SHARED${Math.floor(n / 50)}` } : {}
      await who.say(text, { ...where, ...id })
      if (n % 3 === 0) expected.push(`https://shop-${n}.com/x?n=${n}`)
    }
    const said = performance.now()
    console.log(`${messagesCount} messages were said in ${Math.round(said - began)} ms`)
    const all = await world.events((events) => named(events, "message.received").length >= messagesCount)
    const inLog = performance.now()
    const received = named(all, "message.received")
    const urls = received.flatMap(({ data }) => world.said(data.said)!.links.map(({ url }) => url))
    expect(urls.length).toBe(expected.length)
    expect(new Set(urls)).toEqual(new Set(expected))
    expect(received.length).toBe(messagesCount)
    expect(named(all, "message.unreadable")).toEqual([])
    // Six people, each with one direct chat, and two groups: nobody is two.
    expect(new Set(received.map(({ data }) => world.keyring.pseudonymsOf(data.sender)[0])).size).toBe(6)
    expect(new Set(received.map(({ data }) => world.keyring.pseudonymsOf(data.chat)[0])).size).toBe(8)
    console.log(
      `${messagesCount} messages: said in ${Math.round(said - began)} ms, all in the log ${Math.round(inLog - said)} ms later`
    )
  },
  patienceMillis
)
