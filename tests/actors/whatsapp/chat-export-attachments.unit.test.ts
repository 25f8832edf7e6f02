import { describe, expect, it } from "vitest"
import { only } from "./only-message.ts"

describe("attachments", () => {
  it.each([
    ["IMG-20240301-WA0001.jpg (file attached)", "IMG-20240301-WA0001.jpg"],
    ["\u200eVID-20240301-WA0002.mp4 (Datei angehängt)", "VID-20240301-WA0002.mp4"],
    ["Année 2024.pdf (fichier joint)", "Année 2024.pdf"],
    ["PTT-20240301-WA0003.opus (in some other language)", "PTT-20240301-WA0003.opus"],
    ["\u200e<adjunto: 00000004-AUDIO-2024-03-01-21-05-00.opus>", "00000004-AUDIO-2024-03-01-21-05-00.opus"],
    ["\u200e<附件：00000005-PHOTO-2024-03-01-21-05-00.jpg>", "00000005-PHOTO-2024-03-01-21-05-00.jpg"],
    ["<Pominięto multimedia>", "Pominięto multimedia"],
    ["\u200eimagen omitida", "imagen omitida"],
    ["\u200e圖片已略去", "圖片已略去"],
    ["فایل پیوست شد IMG-20240301-WA0001.jpg", "IMG-20240301-WA0001.jpg"]
  ])("are found in %s", (written, attachment) => {
    expect(only(`[01/03/2024, 21:05:00] Ada: ${written}`)).toMatchObject({
      attachment,
      caption: "",
      system: false
    })
  })

  it.each(["see http://192.0.2.7/a.exe (file attached)", "1 < 2 > 0", "a (b)", "<http://example.com/x.jpg>"])(
    "are not found in %s",
    (written) => {
      const message = only(`[01/03/2024, 21:05:00] Ada: ${written}`)
      expect(message).not.toHaveProperty("attachment")
      expect(message.text).toBe(written)
    }
  )

  it("leave the whole text to be searched for links", () => {
    expect(only("01/03/2024, 21:05 - A: a.zip (file attached)\nhttps://example.com").text).toBe(
      "a.zip (file attached)\nhttps://example.com"
    )
  })
})
