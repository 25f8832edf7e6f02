import { describe, expect, it } from "vitest"
import { parseChatExport } from "../../../actors/whatsapp/chat-export/parse.ts"
import { only } from "./only-message.ts"

describe("dates", () => {
  // Each is 21:05 (and 7 seconds where written) on 1 March 2024 as one locale writes it.
  it.each([
    ["Arabic, Egypt", "١\u200f/٣\u200f/٢٠٢٤، ٩:٠٥ م - ليلى: x"],
    ["Arabic, Umm al-Qura", "1445/8/20، 9:05 م - ليلى: x"],
    ["Bulgarian", "1.03.24 г., 21:05 ч. - Иван: x"],
    ["Chinese, mainland", "2024/3/1 下午9:05 - 小雨: x"],
    ["Chinese, Taiwan", "[2024/3/1 晚上9:05:07] 小雨: x"],
    ["Chinese, Hong Kong", "1/3/2024 下午9:05 - 小雨: x"],
    ["Chinese, with 年月日", "2024年3月1日 下午9:05 - 小雨: x"],
    ["Chinese, Republic of China era", "113/3/1 下午9:05 - 小雨: x"],
    ["Croatian", "01. 03. 2024. 21:05 - Ana: x"],
    ["Czech", "01.03.24 9:05 odp. - Jan: x"],
    ["Danish", "[01/03/2024 21.05.07] Nina: x"],
    ["English, Canada", "2024-03-01, 9:05 p.m. - Ada: x"],
    ["English, with a narrow blank", "01/03/2024, 9:05\u202fpm - Ada: x"],
    ["Finnish", "1.3.2024 klo 21.05 - Aino: x"],
    ["French", "01/03/2024 à 21:05 - Léa: x"],
    ["French, Canada", "2024-03-01 21 h 05 - Léa: x"],
    ["German, before 2015", "01.03.24, 21:05:07: Jonas: x"],
    ["Greek", "[1/3/24, 9:05:07 μ.μ.] Νίκη: x"],
    ["Hebrew", '1.3.2024, 9:05 אחה"צ - נועה: x'],
    ["Hindi", "1/3/24, 9:05 अपराह्न - मीरा: x"],
    ["Hungarian", "2024. 03. 01. du. 9:05 - Éva: x"],
    ["Indonesian", "01/03/24 21.05 - Budi: x"],
    ["Japanese", "[2024/03/01 午後9:05:07] 花: x"],
    ["Korean", "24. 3. 1. 오후 9:05 - 민수: x"],
    ["Malay", "1/03/24, 9:05 PTG - Aminah: x"],
    ["Marathi digits", "१/३/२४, ९:०५ PM - मीरा: x"],
    ["Persian calendar and digits", "۱۴۰۲/۱۲/۱۱, ۲۱:۰۵ - سارا: x"],
    ["Spanish, Mexico", "1/3/2024, 9:05 p. m. - Sol: x"],
    ["Spanish, with no-break blanks", "1/3/2024, 9:05\u00a0p.\u00a0m. - Sol: x"],
    ["Thai, Buddhist era", "1/3/2567 21:05 - ส้ม: x"],
    ["Thai, short Buddhist year", "1/3/67 21:05 - ส้ม: x"],
    ["Turkish", "[1.03.2024 ÖS 9:05:07] Ece: x"],
    ["Vietnamese, time first", "21:05 1/3/24 - An: x"],
    ["blanks between the numbers", "1 3 2024, 21:05 - Ada: x"],
    ["an en dash", "01/03/2024, 21:05 – Ada: x"],
    ["a byte order mark", "\ufeff01/03/2024, 21:05 - Ada: x"],
    ["a mark before the bracket", "\u200e[01/03/2024, 21:05:07] Ada: x"]
  ])("are read as %s", (_, text) => {
    expect(only(text)).toMatchObject({ at: expect.stringMatching(/^2024-03-01T21:05:0[07]$/), text: "x" })
  })

  it.each([
    ["midnight", "12:05 AM", "00:05"],
    ["noon", "12:05 PM", "12:05"],
    ["Chinese noon", "中午12:05", "12:05"],
    ["the hour after Chinese noon", "中午1:05", "13:05"],
    ["the small hours", "凌晨12:05", "00:05"],
    ["Japanese hours from zero", "午後0:05", "12:05"]
  ])("know %s", (_, written, time) => {
    expect(only(`2024/3/1 ${written} - A: x`).at).toBe(`2024-03-01T${time}:00`)
  })

  it("are told by an impossible month, wherever in the file it stands", () => {
    const text = "03/04/24, 10:00 - A: x\n04/04/24, 10:00 - A: y\n04/13/24, 10:00 - A: z"
    expect(parseChatExport(text).messages.map(({ at }) => at.slice(0, 10))).toEqual([
      "2024-03-04",
      "2024-04-04",
      "2024-04-13"
    ])
  })

  it("are told by the order of time when every number could be a month", () => {
    const text = "03/11/24, 10:00 - A: x\n04/11/24, 10:00 - A: y\n01/12/24, 10:00 - A: z"
    const { messages, format } = parseChatExport(text)
    expect(messages.map(({ at }) => at.slice(0, 10))).toEqual(["2024-11-03", "2024-11-04", "2024-12-01"])
    expect(format).toMatchObject({ dateOrder: "DMY", dateOrderFrom: "order of time" })
  })

  it.each([
    ["day first in general", "03/04/24, 21:05 - A: x", "2024-04-03"],
    ["month first for the American way of writing", "3/4/24, 9:05 PM - A: x", "2024-03-04"],
    ["day first when the numbers are padded", "03/04/24, 9:05 PM - A: x", "2024-04-03"],
    ["day first when one of the numbers is padded", "1/03/24, 9:05 PM - A: x", "2024-03-01"],
    ["day first when AM and PM are small", "3/4/24, 9:05 pm - A: x", "2024-04-03"]
  ])("default to %s", (_, text, date) => {
    expect(only(text).at.slice(0, 10)).toBe(date)
    expect(parseChatExport(text).format?.dateOrderFrom).toBe("default")
  })

  it("are not read as a year before WhatsApp", () => {
    expect(only("24/3/08, 21:05 - A: x").at).toBe("2024-03-08T21:05:00")
  })

  it("follow the caller's order rather than a guess", () => {
    const { messages, format } = parseChatExport("03/04/24, 21:05 - A: x", { dateOrder: "MDY" })
    expect(messages[0]?.at).toBe("2024-03-04T21:05:00")
    expect(format?.dateOrderFrom).toBe("option")
  })

  it("do not follow an order that the year's place rules out", () => {
    const { messages } = parseChatExport("2024-03-01, 21:05 - A: x", { dateOrder: "MDY" })
    expect(messages[0]?.at).toBe("2024-03-01T21:05:00")
  })

  it.each([
    "31/02/2024, 10:00 - A: x",
    "29/02/2023, 10:00 - A: x",
    "01/03/2024, 24:00 - A: x",
    "01/03/2024, 10:60 - A: x"
  ])("that do not exist are no header: %s", (line) => {
    const { messages } = parseChatExport(`25/12/2023, 09:00 - B: before\n${line}`)
    expect(messages.map(({ text }) => text)).toEqual([`before\n${line}`])
  })
})
