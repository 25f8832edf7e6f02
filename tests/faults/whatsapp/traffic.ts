/** People who talk in direct chats and groups, and what each of them said: a third of it with a link of its own. */
import { maliciousUrl } from "../traffic.ts"
import type { Contact, GroupHandle, Spoiling } from "../../loopback-whatsapp/index.ts"
import type { World } from "./world.ts"

/** Something that somebody said. Its text is said once in the whole world, and so is its link. */
export interface Saying {
  readonly id: string
  readonly text: string
  readonly url: string | undefined
  readonly who: Contact
  /** Left out for the chat with the linked account. */
  readonly where: GroupHandle | undefined
}

const names = ["Ana", "Bea", "Cem", "Dov", "Eva", "Fay"]
/** Every so often two people of one group use the same id. */
const sharedIdEvery = 50

export const makeTraffic = ({ me, whatsApp }: World) => {
  const people = names.map((name, n) =>
    whatsApp.contact({ number: `551198888000${n}`, name, addressing: n % 2 === 0 ? "lid" : "pn" })
  )
  const groups = (["lid", "pn"] as const).map((addressing) =>
    whatsApp.group({
      subject: `Group ${addressing}`,
      members: [me, ...people],
      admins: [people[0]!],
      addressing
    })
  )
  const said: Array<Saying> = []

  /** The next thing that anybody says, made unreadable at first where that is wanted; answers once the server has it. */
  const sayNext = async (spoil?: Spoiling): Promise<Saying> => {
    const n = said.length
    const who = people[n % people.length]!
    const where = n % 5 === 0 ? undefined : groups[n % 2]!
    const url = n % 3 === 0 ? maliciousUrl(n) : undefined
    const text = url === undefined ? `number ${n}` : `look (${url}), number ${n}`
    const shared = n % sharedIdEvery === 1 || n % sharedIdEvery === 3
    const saying = {
      text,
      url,
      who,
      where,
      id: await who.say(text, {
        ...(where === undefined ? {} : { in: where }),
        ...(spoil === undefined ? {} : { spoil }),
        ...(shared ? { id: `SHARED${Math.floor(n / sharedIdEvery)}` } : {})
      })
    }
    said.push(saying)
    return saying
  }

  return { people, groups, said: said as ReadonlyArray<Saying>, sayNext }
}

export type Traffic = ReturnType<typeof makeTraffic>
