/** People who talk in direct chats and groups, and what each of them said: a third of it with a link of its own. */
import { maliciousUrl } from "../traffic.ts"
import type { Contact, GroupHandle, SayOptions, Spoiling } from "../../loopback-whatsapp/index.ts"
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
/** Every so many messages hold a link. */
export const linkEvery = 3
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

  /** Somebody says something, with a link or without; answers once the server has it. */
  const say = async (
    who: Contact,
    where: GroupHandle | undefined,
    hasLink: boolean,
    options: Pick<SayOptions, "id" | "spoil"> = {}
  ): Promise<Saying> => {
    const n = said.length
    const url = hasLink ? maliciousUrl(n) : undefined
    const text = url === undefined ? `number ${n}` : `look (${url}), number ${n}`
    const id = await who.say(text, { ...options, ...(where === undefined ? {} : { in: where }) })
    const saying = { text, url, who, where, id }
    said.push(saying)
    return saying
  }

  /** The next thing that anybody says, made unreadable at first where that is wanted. */
  const sayNext = (spoil?: Spoiling): Promise<Saying> => {
    const n = said.length
    const shared = n % sharedIdEvery === 1 || n % sharedIdEvery === 3
    return say(people[n % people.length]!, n % 5 === 0 ? undefined : groups[n % 2]!, n % linkEvery === 0, {
      ...(spoil === undefined ? {} : { spoil }),
      ...(shared ? { id: `SHARED${Math.floor(n / sharedIdEvery)}` } : {})
    })
  }

  return { people, groups, said: said as ReadonlyArray<Saying>, say, sayNext }
}

export type Traffic = ReturnType<typeof makeTraffic>
