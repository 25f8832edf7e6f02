import { describe, expect, it } from "vitest"
import { olderScheduler, rowsInJson } from "../../../../actors/schedule/import/older-tables.ts"

const message = {
  id: 7,
  to_phone: "491701234567",
  contact_name: "Ada",
  message: "Happy new year",
  scheduled_at: "2099-01-01T00:00:00.000Z",
  status: "pending"
}

const job = {
  id: "wedding",
  title: "Wedding",
  status: "pending",
  scheduled_start_at: "2099-06-01T10:00:00+02:00",
  current_recipient_index: 0,
  recipients_sent: 0,
  config: '{"maxRetries": 3, "recipientGapSeconds": 30}',
  message_parts: '[{"text": "You are invited", "delayAfterSeconds": 5}, {"text": "Please answer"}]',
  recipients: '["491701234567", {"phone": "+447400123456"}]'
}

const read = (json: unknown, zone = "UTC") =>
  olderScheduler(rowsInJson("all.json", JSON.stringify(json)), zone)

describe("what the older scheduler means to send", () => {
  it("is a message to a number at its moment, or a job with its parts and pauses, once to each number", () => {
    const { left, plans } = read({ scheduled_messages: [message], jobs: [job] })
    expect(left).toEqual([])
    expect(plans).toEqual([
      {
        kind: "message",
        name: "message/7",
        asked: {
          title: "To Ada",
          messages: [{ text: "Happy new year", delaySeconds: 0 }],
          timing: { zone: "UTC", start: "2099-01-01T00:00:00" },
          recipients: [{ number: "+491701234567" }],
          policies: { missed: "unless-late", lateMinutes: 15, overlap: "skip", spreadSeconds: 0 }
        }
      },
      {
        kind: "job",
        name: "job/wedding",
        asked: {
          title: "Wedding",
          messages: [
            { text: "You are invited", delaySeconds: 0 },
            { text: "Please answer", delaySeconds: 5 }
          ],
          timing: { zone: "UTC", start: "2099-06-01T08:00:00" },
          recipients: [{ number: "+491701234567" }, { number: "+447400123456" }],
          policies: { missed: "unless-late", lateMinutes: 15, overlap: "skip", retries: 3, spreadSeconds: 60 }
        }
      }
    ])
  })

  it("is at the local time of the zone where it has no offset, and at the same moment where it has one", () => {
    const startIn = (scheduled_at: unknown) =>
      read([{ ...message, scheduled_at }], "Europe/Berlin").plans[0]?.asked.timing
    const nine = { zone: "Europe/Berlin", start: "2099-07-01T09:00:00" }
    expect(startIn("2099-07-01 09:00:00")).toEqual(nine)
    expect(startIn("2099-07-01T07:00:00Z")).toEqual(nine)
    expect(startIn(Date.parse("2099-07-01T07:00:00Z"))).toEqual(nine)
  })

  it("ends with what was sent, was called off or has begun there, and with what cannot be understood", () => {
    const { ends, isWhole, plans } = read({
      scheduled_messages: [
        { ...message, id: 1, status: "sent" },
        { ...message, id: 2, to_phone: "12" },
        { ...message, id: 3, scheduled_at: "soon" }
      ],
      jobs: [
        { ...job, id: 4, status: "cancelled" },
        { ...job, id: 5, current_part_index: 1 },
        { ...job, id: 6, message_parts: "[]" }
      ]
    })
    expect(plans).toEqual([])
    expect(isWhole).toBe(true)
    expect(ends.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
      "message/1: it is sent there",
      'message/2: expected a phone number such as +49 170 0000000, found "+12"',
      'message/3: expected a date such as 2026-12-31T23:59:00Z, found "soon"',
      "job/4: it is cancelled there",
      "job/5: it has begun there: it is left to the older scheduler",
      'job/6: expected from 1 to 50 message parts, found "[]"'
    ])
  })

  it("is said to be absent where there is no list of it, and not where there is an empty one", () => {
    const contacts = [{ phone: "491701234567", name: "Ada" }]
    expect(read({ contacts }).absent).toEqual(["message", "job"])
    expect(read({ contacts, scheduled_messages: [] }).absent).toEqual(["job"])
    expect(read([message, job]).absent).toEqual([])
  })

  it("accounts for every row, and says where one is that cannot be told from others", () => {
    const all = read({
      contacts: [
        { phone: "491701234567", name: "Ada" },
        { phone: "+49 170 1234567", name: "A." },
        { name: "Bob" }
      ],
      scheduled_messages: [message, message, { ...message, id: null }, 17]
    })
    expect(all.contacts.map(({ aliases, name }) => [name, aliases])).toEqual([["Ada", ["A."]]])
    expect([all.merged, all.plans.length, all.isWhole]).toEqual([1, 1, false])
    expect(all.left.map(({ reason, where }) => `${where}: ${reason}`)).toEqual([
      "all.json scheduled_messages, 2: expected one message/7, found another before it",
      "all.json scheduled_messages, 3: expected the id of a message, by which it is known again, found null",
      "all.json scheduled_messages, 4: expected a contact, a scheduled message or a job, found 17",
      'all.json contacts, 3: expected a number of "Bob", found none'
    ])
    expect(read("no object").isWhole).toBe(false)
  })
})
