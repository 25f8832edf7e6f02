import { describe, expect, it } from "vitest"
import { parseChatExport } from "../../../actors/whatsapp/chat-export/parse.ts"
import { only } from "./only-message.ts"

describe("authors", () => {
  it.each([
    ["a phone number between marks", "\u202a+44 7700 900123\u202c", "+44 7700 900123"],
    ["a push name", "~\u202fMirela", "~ Mirela"],
    ["a colon inside", "Re:Bob 10:30", "Re:Bob 10:30"],
    ["an emoji and a dash", "Zoë 🌱 - home", "Zoë 🌱 - home"],
    ["a quotation mark", '12" vinyl', '12" vinyl'],
    ["brackets", "[Ada]", "[Ada]"]
  ])("may have %s", (_, written, author) => {
    expect(only(`[01/03/2024, 21:05:00] ${written}: hi: there`)).toMatchObject({ author, text: "hi: there" })
  })

  it("may have a colon and a blank when the caller names them", () => {
    const text = "01/03/2024, 21:05 - Team: Alpha: hi: there"
    expect(parseChatExport(text, { authors: ["Team: Alpha"] }).messages[0]).toMatchObject({
      author: "Team: Alpha",
      text: "hi: there"
    })
  })

  it("may say nothing on their first line", () => {
    expect(only("01/03/2024, 21:05 - Ada:\nbelow")).toMatchObject({ author: "Ada", text: "\nbelow" })
  })
})

describe("system lines", () => {
  it.each([
    [
      "Messages and calls are end-to-end encrypted. No one outside of this chat, not even WhatsApp, can read them."
    ],
    ["Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt."],
    ["Les messages et les appels sont chiffrés de bout en bout."],
    ["As mensagens e ligações são protegidas com a criptografia de ponta a ponta."],
    ["Mesajlar ve aramalar uçtan uca şifrelidir."],
    ["訊息和通話已受端對端加密保護。"]
  ])("are known without their mark: %s", (text) => {
    expect(only(`[01/03/2024, 21:05:00] Ada: ${text}`)).toMatchObject({ system: true, text })
  })

  it("are known in any language when the signed actor is their subject", () => {
    expect(only("[01/03/2024, 21:05:00] Ada: \u200eAda het iets gedoen").system).toBe(true)
  })

  it("never take a message with a web address from its author", () => {
    const text = "[01/03/2024, 21:05:00] Eve: \u200eEve changed the group name to http://192.0.2.7/login.exe"
    expect(only(text)).toMatchObject({ author: "Eve", system: false })
  })

  it("do not include what people write about such events", () => {
    expect(only("[01/03/2024, 21:05:00] Ada: Jonas left his keys, and Mia changed the subject").system).toBe(
      false
    )
  })
})
