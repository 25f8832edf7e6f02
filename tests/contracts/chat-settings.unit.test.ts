import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import {
  builtInSettings,
  changedSettings,
  ChatSettings,
  chatSettingKeys,
  chatSettings,
  OwnSettings,
  shownSettings
} from "../../contracts/chat-settings.ts"

describe("the settings of a chat", () => {
  it("each have a default that is a value of theirs, in facts and as it is typed", () => {
    expect(Schema.decodeUnknownSync(ChatSettings)(builtInSettings)).toEqual(builtInSettings)
    expect(Schema.decodeUnknownSync(OwnSettings)({})).toEqual({})
    for (const { name, value } of shownSettings({}, {}))
      expect(changedSettings({}, { [name]: value })).toEqual({
        settings: {
          [chatSettingKeys.find((key) => chatSettings[key].name === name)!]:
            builtInSettings[chatSettingKeys.find((key) => chatSettings[key].name === name)!]
        }
      })
  })

  it("hold by the chat's own value, else by that for all chats, else as they are built in", () => {
    const shown = shownSettings({ language: "ar", suspicious: "react" }, { suspicious: "none" })
    const sourceOf = (name: string) => {
      const { source, value } = shown.find((it) => it.name === name)!
      return [value, source]
    }
    expect(sourceOf("suspicious")).toEqual(["none", "this-chat"])
    expect(sourceOf("language")).toEqual(["ar", "all-chats"])
    expect(sourceOf("malicious")).toEqual(["reply", "built-in"])
  })

  it.each([
    ["enabled", "off", { enabled: false }],
    ["malicious", "react", { malicious: "react" }],
    ["time-zone", "europe/berlin", { timeZone: "Europe/Berlin" }],
    ["quiet-hours", "22:00-07:00", { quietHours: "22:00-07:00" }],
    ["quiet-hours", "22-7", { quietHours: "22:00-07:00" }],
    ["quiet-hours", "2230 – 730", { quietHours: "22:30-07:30" }],
    ["cooldown-minutes", "1440", { cooldownMinutes: 1440 }],
    ["simulate", "suspicious, malicious", { simulate: ["malicious", "suspicious"] }],
    ["simulate", "none", { simulate: [] }]
  ])("are read as they are typed: %s %s", (name, text, settings) => {
    expect(changedSettings({}, { [name]: text })).toEqual({ settings })
  })

  it.each([
    ["enabled", "yes", 'enabled: expected on or off, found "yes"'],
    ["malicious", "none", 'malicious: expected reply, short or react, found "none"'],
    ["time-zone", "Mars/Olympus", "time-zone: expected a time zone such as"],
    ["quiet-hours", "22:00", "quiet-hours: expected none, or two times of day such as 22:00-07:00"],
    ["quiet-hours", "7-7", "quiet-hours: expected none"],
    ["quiet-hours", "24-7", "quiet-hours: expected none"],
    [
      "cooldown-minutes",
      "1441",
      'cooldown-minutes: expected a whole number of minutes from 0 to 1440, found "1441"'
    ],
    ["simulate", "some", "simulate: expected none, or with commas between them: all, malicious"],
    ["quiet-hour", "none", "expected a setting (enabled, malicious,"]
  ])("say what they expected and what was found: %s %s", (name, text, problem) => {
    const changed = changedSettings({}, { [name]: text })
    expect("problem" in changed && changed.problem).toContain(problem)
  })

  it("are what they were before where one is taken back, and where a change is refused", () => {
    const before: typeof OwnSettings.Type = { suspicious: "react", language: "ar" }
    expect(changedSettings(before, { suspicious: null })).toEqual({ settings: { language: "ar" } })
    expect(changedSettings(before, { suspicious: "none", language: "nobody's" })).toHaveProperty("problem")
    expect(before).toEqual({ suspicious: "react", language: "ar" })
  })
})
