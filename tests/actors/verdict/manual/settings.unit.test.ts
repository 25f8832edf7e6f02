import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ChatId } from "../../../../contracts/ids.ts"
import type { Said } from "../../../../contracts/message.ts"
import type { OutboxBody } from "../../../../contracts/outbox.ts"
import { SetChat } from "../../../../contracts/commands.ts"
import { makeGroup, minute } from "./group.ts"

type Group = Effect.Success<ReturnType<typeof makeGroup>>

const said = (group: Group) =>
  group.named("message.received").map(({ data }) => group.keyring.open<Said>(data.said)!)
const texts = (group: Group) => said(group).map(({ text }) => text)

describe("given a group that keeps no text", () => {
  const quiet = Effect.fnUntraced(function* () {
    const group = yield* makeGroup()
    yield* group.says("Bob", "my number is 12345")
    expect(yield* group.says("Ada", "!wadjet settings keep-text off")).toEqual([
      "keep-text is off from now on."
    ])
    return group
  })

  it.effect("only the links of what is said are kept, and commands; what was kept before stays", () =>
    Effect.gen(function* () {
      const group = yield* quiet()
      yield* group.says("Bob", "the secret is at http://203.0.113.7/a and hxxp://b[.]example/c, keep it")
      yield* group.says("Cem", "no link at all")
      yield* group.says("Bob", "!wadjet help")
      expect(texts(group)).toEqual([
        "my number is 12345",
        "!wadjet settings keep-text off",
        "http://203.0.113.7/a\nhxxp://b[.]example/c",
        "",
        "!wadjet help"
      ])
      for (const { links, text } of said(group))
        for (const { end, raw, start } of links) expect(text.slice(start, end)).toBe(raw)
    })
  )

  it.effect("links are warned about as before, each under the id that it has in words, too", () =>
    Effect.gen(function* () {
      const group = yield* quiet()
      yield* group.says("Ada", "!wadjet deny evil.example")
      const [warning] = yield* group.says("Bob", "look http://evil.example/x")
      expect(warning).toContain("⛔ Dangerous link: evil[.]example")
      yield* group.says("Ada", "!wadjet settings keep-text on")
      yield* group.says("Cem", "look http://evil.example/x")
      const [without, withText] = group
        .named("message.received")
        .slice(-3)
        .filter(({ data }) => data.links.length > 0)
      expect(without!.data.links).toEqual(withText!.data.links)
      expect(texts(group).at(-1)).toBe("look http://evil.example/x")
    })
  )

  it.effect("a setting for all chats holds where a chat has none of its own, and is obeyed at once", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup(["Ada"], { readDelayMillis: () => 200 })
      yield* group.says("Bob", "before")
      const set = (chat: ChatId | undefined, value: string | null) =>
        group.ask(SetChat, {
          ...(chat === undefined ? {} : { chat }),
          change: { "keep-text": value },
          by: "operator"
        })
      yield* set(undefined, "off")
      yield* group.posts("Bob", "one")
      yield* set(group.chat(), "on")
      yield* group.posts("Bob", "two")
      yield* set(group.chat(), null)
      yield* group.posts("Bob", "three")
      yield* group.isAwayFor(minute)
      yield* group.posts("Bob", "four")
      yield* group.passes(minute)
      expect(texts(group)).toEqual(["before", "", "two", "", ""])
    })
  )
})

describe("given a group whose admins want to be notified", () => {
  const bodies = (group: Group) =>
    group
      .named("verdict.decided")
      .flatMap(({ data }) => (data.body === undefined ? [] : [group.keyring.open<OutboxBody>(data.body)!]))

  it.effect("they are mentioned in a warning in words, and in nothing else", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup(["Ada", "Bea"])
      yield* group.says("Ada", "!wadjet settings notify-admins on")
      yield* group.says("Ada", "!wadjet deny evil.example")
      const [warning] = yield* group.says("Bob", "look http://evil.example/x")
      expect(warning!.split("\n").at(-1)).toBe("The group's admins are notified.")
      yield* group.says("Cem", "look http://evil.example/x")
      const { added } = group.named("message.admins-changed")[0]!.data
      expect(added).toHaveLength(2)
      expect(bodies(group).map(({ mentions }) => mentions)).toEqual([added, undefined])
      expect(group.transmissions.map(({ message }) => message.mentions).filter(Boolean)).toEqual([added])
      // No number and no name of theirs is in what was said.
      expect(warning).not.toMatch(/Ada|Bea|@/u)
    })
  )

  it.effect("they are not, where nobody asked for it", () =>
    Effect.gen(function* () {
      const group = yield* makeGroup(["Ada", "Bea"])
      yield* group.says("Ada", "!wadjet deny evil.example")
      const [warning] = yield* group.says("Bob", "look http://evil.example/x")
      expect(warning).not.toContain("notified")
      expect(bodies(group).map(({ mentions }) => mentions)).toEqual([undefined])
    })
  )
})
