import { expect, it } from "vitest"
import type { ChatId } from "../../contracts/ids.ts"
import { SettingsChanged } from "../../contracts/policy.ts"
import { given } from "./given.ts"
import { chat, chatLinked, muted, otherChat, received, settingsChanged, unmuted } from "./story.ts"

const settings = { enabled: true, simulate: ["all"], suspicious: "none" } as const

it("a chat carries over what was set in it under an earlier pseudonym", () => {
  const { queries } = given(
    received({ chat: otherChat }),
    settingsChanged({ chat: otherChat, settings }),
    muted({ chat: otherChat, until: 5_000 }),
    chatLinked()
  )
  expect(queries.chats.get(chat)).toMatchObject({ settings, mutedUntil: 5_000, messages: 1 })
})

it("what was set in the chat itself holds, and of two mutes the longer", () => {
  const own = { ...settings, suspicious: "react" } as const
  const { queries } = given(
    settingsChanged({ settings: own }),
    muted({ until: 3_000 }),
    settingsChanged({ chat: otherChat, settings }),
    muted({ chat: otherChat, until: 5_000 }),
    chatLinked()
  )
  expect(queries.chats.get(chat)).toMatchObject({ settings: own, mutedUntil: 5_000 })
})

it("what is set under the earlier pseudonym afterwards holds in the chat", () => {
  const { queries } = given(received(), chatLinked(), muted({ chat: otherChat, until: 7_000 }))
  expect(queries.chats.get(chat)).toMatchObject({ mutedUntil: 7_000 })
  const ended = given(muted({ until: 5_000 }), chatLinked(), unmuted({ chat: otherChat }))
  expect(ended.queries.chats.get(chat)).toMatchObject({ mutedUntil: null })
  expect(ended.queries.chats.list().map((row) => row.chat)).toEqual([chat])
})

it("settings are shown with where they come from, whichever pseudonym a chat is asked for by", () => {
  const { queries } = given(
    received(),
    settingsChanged({ chat, settings: { suspicious: "react" } }),
    SettingsChanged({ settings: { language: "ar", suspicious: "none" }, by: "operator" }),
    chatLinked()
  )
  const sourceOf = (of: ChatId | undefined, name: string) => {
    const found = queries.chats.settings(of).find((it) => it.name === name)
    return [found?.value, found?.source]
  }
  for (const pseudonym of [chat, otherChat]) {
    expect(sourceOf(pseudonym, "suspicious")).toEqual(["react", "this-chat"])
    expect(sourceOf(pseudonym, "language")).toEqual(["ar", "all-chats"])
    expect(sourceOf(pseudonym, "malicious")).toEqual(["reply", "built-in"])
  }
  expect(sourceOf(undefined, "suspicious")).toEqual(["none", "all-chats"])
  expect(queries.chats.get(chat)?.settings).toMatchObject({ suspicious: "react", language: "ar" })
})
