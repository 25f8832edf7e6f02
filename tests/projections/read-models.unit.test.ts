import { describe, expect, it } from "vitest"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { ActorParked, ActorUnparked } from "../../contracts/actor.ts"
import {
  Muted,
  OverrideExpired,
  OverrideRemoved,
  OverrideSet,
  SettingsChanged,
  Unmuted
} from "../../contracts/policy.ts"
import { VerdictDecided } from "../../contracts/verdict.ts"
import { given, recorded, startMillis } from "./given.ts"
import {
  acknowledged,
  cancelled,
  chat,
  chatLinked,
  claimed,
  decided,
  edited,
  erased,
  failed,
  laterNotice,
  link,
  message,
  notice,
  otherChat,
  otherLink,
  otherMessage,
  otherSender,
  posted,
  queued,
  reacted,
  received,
  renamed,
  revised,
  revoked,
  scanned,
  sent,
  suppressed,
  unreadable,
  unresolved,
  withdrawn
} from "./story.ts"

const page = { limit: 10 }

describe("messages", () => {
  it("are listed newest first, with their words, their sender and what their links are held to be", () => {
    const { queries } = given(
      received({ ...posted(link, "http://paypa1.example/") }),
      scanned(),
      decided(),
      received({ message: otherMessage, who: { name: "Bob" } })
    )
    const [newer, older] = queries.messages.list(chat, page)
    expect(newer).toMatchObject({ message: otherMessage, senderName: "Bob", cursor: 4 })
    expect(older).toMatchObject({
      senderName: "Ada",
      text: "look http://paypa1.example/",
      at: startMillis + 1_000,
      links: [
        { link, url: "http://paypa1.example/", start: 5, end: 27, level: "malicious", status: "decided" }
      ]
    })
    expect(queries.messages.list(chat, { limit: 10, before: 4 })).toEqual([older])
    expect(queries.messages.list(otherChat, page)).toEqual([])
  })

  it("show their newest words, and when they were deleted", () => {
    const { queries } = given(received(), edited(), revoked())
    expect(queries.messages.list(chat, page)).toMatchObject([
      {
        text: "look",
        editedAt: 1_767_225_660_000,
        revokedAt: 1_767_225_720_000,
        senderName: "Ada",
        links: []
      }
    ])
  })

  it("are there even when only an edit of theirs arrived", () => {
    const { queries } = given(edited(posted(otherLink, "http://late.example/")))
    expect(queries.messages.list(chat, page)).toMatchObject([{ message, arrival: null, sentAt: null }])
    expect(queries.verdicts.list(page)).toMatchObject([{ link: otherLink, status: "waiting" }])
  })

  it("keep the words of an edit that came before them, and say by whom and when they were posted", () => {
    const { queries } = given(edited(), received())
    expect(queries.messages.list(chat, page)).toMatchObject([
      {
        text: "look",
        arrival: "live",
        sentAt: 1_767_225_600_000,
        senderName: "Ada",
        editedAt: 1_767_225_660_000
      }
    ])
  })

  it("show what others reacted with, the last of each, until it is taken back or forgotten", () => {
    const reactions = [received(), reacted(), reacted({ reaction: "❤️" }), reacted({ sender: otherSender })]
    const shown = (...more: ReadonlyArray<AnyFact>) =>
      given(...reactions, ...more).queries.messages.list(chat, page)[0]?.reactions
    const back = reacted({ removed: true, reaction: "" })
    expect(shown()).toEqual(["❤️", "👍"])
    expect(shown(back)).toEqual(["👍"])
    expect(shown(back, erased({ subject: otherSender }))).toEqual([])
  })

  it("are found in the chat that theirs turned out to be one with, and new ones where they are said", () => {
    const { queries } = given(
      renamed(),
      received({ chat: otherChat }),
      chatLinked(),
      received({ message: otherMessage })
    )
    expect(queries.messages.list(chat, page).map((row) => row.message)).toEqual([otherMessage, message])
    expect(queries.messages.list(otherChat, page)).toEqual([])
    expect(queries.chats.list()).toMatchObject([{ chat, messages: 2 }])
    expect(queries.overview()).toMatchObject({ chats: 1, messages: 2 })
  })
})

describe("verdicts", () => {
  it("wait from the moment a link is posted", () => {
    const { queries } = given(received())
    expect(queries.verdicts.waiting()).toBe(1)
    expect(queries.verdicts.waiting(otherChat)).toBe(0)
    expect(queries.verdicts.list({ ...page, status: "waiting" })).toMatchObject([
      {
        link,
        message,
        level: null,
        url: "http://example.com/",
        present: true,
        sequence: 1,
        reasons: [],
        scan: null
      }
    ])
  })

  it("say why, weightiest first, and what became of their notice", () => {
    const evidence = [
      { source: "age", kind: "new", weight: 4 },
      { source: "look-alike", kind: "ascii-swap", weight: 15 }
    ]
    const found = { url: "http://paypa1.example/", details: [null, "looks like paypal.com"] }
    const { queries } = given(
      renamed(),
      received(),
      scanned({ evidence, found }),
      decided({ basis: { scan: 3, policy: 0, ruleSet: "wadjet-1" } })
    )
    expect(queries.verdicts.list({ ...page, chat, level: "malicious" })).toMatchObject([
      {
        chatName: "Family",
        url: "http://paypa1.example/",
        level: "malicious",
        status: "decided",
        action: "reply",
        notice,
        noticeStatus: "queued",
        ruleSet: "wadjet-1",
        score: 23,
        reasons: [
          { source: "look-alike", weight: 15, detail: "looks like paypal.com" },
          { source: "age", weight: 4, detail: null }
        ],
        missing: [{ source: "feeds" }],
        firstAt: startMillis + 2_000,
        lastAt: startMillis + 4_000
      }
    ])
    expect(queries.verdicts.waiting()).toBe(0)
    expect(queries.verdicts.list({ ...page, level: "benign" })).toEqual([])
  })

  it.each([
    ["suppressed", suppressed(), { level: "malicious", reason: "muted", action: "none", notice }],
    ["revised", revised(), { level: "benign", reason: null, action: "none", notice: laterNotice }],
    [
      "withdrawn",
      withdrawn(),
      { level: "malicious", reason: "message-revoked", action: "reply", notice: laterNotice }
    ]
  ] as const)("can be %s after they were decided", (status, event, expected) => {
    const { queries } = given(received(), decided(), event)
    expect(queries.verdicts.list({ ...page, status })).toMatchObject([{ status, ...expected }])
    expect(queries.verdicts.list({ ...page, status: "decided" })).toEqual([])
  })

  it("keep links that were edited away, and judge afresh those put back", () => {
    const away = [received(), decided(), edited()] as const
    expect(given(...away).queries.verdicts.list(page)).toMatchObject([{ present: false, status: "decided" }])
    const back = given(...away, edited(posted(link, "http://example.com/")))
    expect(back.queries.verdicts.list(page)).toMatchObject([
      { present: true, status: "waiting", level: null, sequence: 1 }
    ])
  })

  it("keep waiting when the message is deleted, for every link ends in a verdict", () => {
    const { queries } = given(received(), revoked())
    expect(queries.verdicts.list(page)).toMatchObject([{ present: false, status: "waiting" }])
  })

  it("are paged without losing one of several links in one message", () => {
    const host = received().data.links[0]!.host
    const links = [link, otherLink].map((it) => ({ link: it, host, domains: [host] }))
    const { queries } = given(received({ links }), received({ message: otherMessage, chat: otherChat }))
    const first = queries.verdicts.list({ limit: 2 })
    const second = queries.verdicts.list({ limit: 2, before: first[1]!.cursor })
    expect([...first, ...second].map((row) => [row.sequence, row.link])).toEqual([
      [2, link],
      [1, otherLink],
      [1, link]
    ])
  })

  it("are reported for the messages that a range of the log brought", () => {
    const { queries } = given(
      received(),
      received({ message: otherMessage }),
      edited(posted(otherLink, "http://b.example/"))
    )
    expect(queries.verdicts.ofMessages(chat, 2, 3).map((row) => [row.message, row.link])).toEqual([
      [otherMessage, link],
      [message, otherLink]
    ])
  })
})

describe("scans", () => {
  it("show what a later look found where it came to the same level, and no later verdict is there", () => {
    const later = (level: "malicious" | "benign") =>
      scanned({
        level,
        revises: 2,
        missing: [],
        evidence: [{ source: "redirects", kind: "loop", weight: 3 }]
      })
    const scan = { scan: 2, policy: 0, ruleSet: "wadjet-1" }
    const same = given(received(), scanned(), decided({ basis: scan }), later("malicious"))
    expect(same.queries.verdicts.list({ limit: 1 })).toMatchObject([
      { level: "malicious", scan: 4, missing: [], reasons: [{ kind: "loop" }] }
    ])
    const raced = given(received(), scanned(), later("malicious"), decided({ basis: scan }))
    expect(raced.queries.verdicts.list({ limit: 1 })).toMatchObject([{ scan: 3, missing: [] }])
    const other = given(received(), scanned(), decided({ basis: scan }), later("benign"))
    expect(other.queries.verdicts.list({ limit: 1 })).toMatchObject([{ level: "malicious", scan: 2 }])
  })

  it("explain a link with all that was found, newest first", () => {
    const { queries } = given(
      scanned(),
      scanned({ level: "benign", score: -3 }),
      scanned({ link: otherLink })
    )
    expect(queries.explain(link).map((scan) => [scan.sequence, scan.level])).toEqual([
      [2, "benign"],
      [1, "malicious"]
    ])
    expect(queries.scans.latest(link)).toMatchObject({ sequence: 2, url: "http://paypa1.example/" })
    expect(queries.scans.at(3)).toMatchObject({ link: otherLink })
  })
})

describe("scans of one cause", () => {
  it("count once: a second result under the same id is ignored", () => {
    const folded = given()
    folded.apply([recorded(scanned(), 1, "same"), recorded(scanned({ level: "benign" }), 2, "same")])
    expect(folded.queries.explain(link).map((scan) => scan.level)).toEqual(["malicious"])
  })
})

describe("the outbox", () => {
  it("follows an entry from queued to sent", () => {
    expect(given(queued()).queries.outbox.list(page)).toMatchObject([
      {
        status: "queued",
        text: "Do not open paypa1[.]example",
        quotes: "3A0123456789ABCDEF01",
        whatsApp: null,
        attempt: 0
      }
    ])
    expect(given(queued(), claimed()).queries.outbox.get(notice)).toMatchObject({
      status: "claimed",
      wire: "text",
      attempt: 1
    })
    expect(
      given(queued(), claimed(), sent()).queries.outbox.list({ ...page, chat, status: "sent" })
    ).toMatchObject([
      { whatsApp: "3EB0DA39A3EE5E6B4B0D", lastAt: 1_767_225_600_100, queuedAt: startMillis + 1_000 }
    ])
  })

  it("holds the notice that a verdict carries as it holds any other entry", () => {
    const { queries } = given(decided(), claimed(), sent(), revised(), withdrawn())
    expect(queries.outbox.list(page)).toMatchObject([
      { cursor: 4, outbox: laterNotice, kind: "correction", target: notice, status: "queued" },
      {
        cursor: 1,
        outbox: notice,
        chat,
        message,
        kind: "text",
        priority: "warning",
        status: "sent",
        queuedAt: startMillis + 1_000,
        text: "Do not open paypa1[.]example",
        quotes: "3A0123456789ABCDEF01"
      }
    ])
  })

  it("holds nothing for a verdict that is not told", () => {
    const { body: _body, notice: _notice, ...silent } = decided().data
    expect(given(VerdictDecided(silent), suppressed()).queries.outbox.list(page)).toEqual([])
  })

  it("says since when nobody knows whether an entry left, until somebody does", () => {
    const doubted = [queued(), claimed(), unresolved()]
    expect(given(...doubted).queries.outbox.get(notice)).toMatchObject({
      status: "claimed",
      unresolvedSince: 1_767_225_600_000
    })
    for (const end of [claimed({ attempt: 2 }), sent(), failed()])
      expect(given(...doubted, end).queries.outbox.get(notice)?.unresolvedSince).toBeNull()
    expect(given(queued(), claimed(), sent(), unresolved()).queries.outbox.get(notice)).toMatchObject({
      status: "sent",
      unresolvedSince: null
    })
  })

  it("says how far an entry came", () => {
    const read = acknowledged({ messages: [{ outbox: notice, level: "read", at: 1_767_225_700_000 }] })
    const { queries } = given(queued(), claimed(), sent(), acknowledged(), read)
    expect(queries.outbox.get(notice)).toMatchObject({
      status: "sent",
      level: "read",
      levelAt: 1_767_225_700_000
    })
  })

  it("says why an entry failed or was cancelled", () => {
    expect(given(queued(), claimed(), failed()).queries.outbox.get(notice)).toMatchObject({
      status: "failed",
      reason: "no such chat"
    })
    expect(given(queued(), cancelled()).queries.outbox.get(notice)).toMatchObject({
      status: "cancelled",
      reason: "requested"
    })
  })

  it("takes the first of two that were queued under one id", () => {
    const { queries } = given(queued(), queued({ body: { text: "other words" } }))
    expect(queries.outbox.list(page)).toMatchObject([{ cursor: 1, text: "Do not open paypa1[.]example" }])
  })
})

describe("chats", () => {
  it("have a name, settings, a mute and a number of messages", () => {
    const settings = { enabled: true, simulate: ["all"], suspicious: "none" } as const
    const mute = Muted({ chat, until: 1_767_229_200_000, by: "operator" })
    const before = [renamed(), received(), received({ message: otherMessage }), mute] as const
    expect(given(...before).queries.chats.list()).toMatchObject([
      {
        chat,
        name: "Family",
        gateway: "sandbox",
        messages: 2,
        mutedUntil: 1_767_229_200_000,
        settings: { simulate: [] }
      }
    ])
    const after = given(
      ...before,
      SettingsChanged({ chat, settings, by: "operator" }),
      Unmuted({ chat, by: "operator" })
    )
    expect(after.queries.chats.get(chat)).toMatchObject({
      settings,
      mutedUntil: null,
      lastAt: startMillis + 3_000
    })
  })
})

describe("overrides", () => {
  const set = OverrideSet(OverrideSet.example as Parameters<typeof OverrideSet>[0])
  const { override } = set.data

  it("hold until they are removed or run out", () => {
    expect(given(set).queries.overrides.list(page)).toMatchObject([
      { override, status: "active", pattern: "example.com", reason: "our own", chat: null, setBy: "operator" }
    ])
    const removed = given(set, OverrideRemoved({ override, by: "operator" }))
    expect(removed.queries.overrides.list({ ...page, status: "removed" })).toMatchObject([
      { endedBy: "operator" }
    ])
    const expired = given(set, OverrideExpired({ override }))
    expect(expired.queries.overrides.list({ ...page, status: "active" })).toEqual([])
    expect(expired.queries.overrides.list(page)).toMatchObject([
      { status: "expired", endedAt: startMillis + 2_000 }
    ])
  })
})

describe("parked inputs", () => {
  const parked = ActorParked(ActorParked.example as Parameters<typeof ActorParked>[0])
  const drop = ActorUnparked({ actor: "scan", sequence: 17, decision: "drop", by: "operator" })

  it("wait for a decision, and wait again when they fail again", () => {
    expect(given(parked).queries.parked.list()).toMatchObject([
      { actor: "scan", sequence: 17, attempts: 5, decision: null }
    ])
    expect(given(parked, drop).queries.parked.list()).toEqual([])
    expect(given(parked, drop).queries.parked.list({ decided: true })).toMatchObject([
      { decision: "drop", decidedBy: "operator" }
    ])
    expect(given(parked, drop, parked).queries.parked.list()).toHaveLength(1)
  })
})

describe("the overview", () => {
  it("counts nothing in an empty log", () => {
    expect(given().queries.overview()).toEqual({
      sequence: 0,
      time: 0,
      chats: 0,
      messages: 0,
      links: 0,
      waiting: 0,
      verdicts: { benign: 0, suspicious: 0, malicious: 0 },
      suppressed: {},
      outbox: { queued: 0, claimed: 0, sent: 0, failed: 0, cancelled: 0 },
      unreadable: {},
      partlyRead: 0,
      withheld: {},
      parked: 0,
      drifted: 0
    })
  })

  it("counts what could not be read until it can, by reason, and what was read in part", () => {
    const missed = [unreadable({ reason: "no-session" }), unreadable({ message: otherMessage })]
    const before = given(...missed).queries.overview()
    expect([before.unreadable, before.partlyRead]).toEqual([{ "no-session": 1, unknown: 1 }, 0])
    const after = given(...missed, received({ unread: ["#200"] })).queries.overview()
    expect([after.unreadable, after.partlyRead]).toEqual([{ unknown: 1 }, 1])
  })

  it("counts links, verdicts, what stayed unsaid and what is to be said", () => {
    const { queries } = given(
      received(),
      received({ message: otherMessage, chat: otherChat }),
      suppressed(),
      queued(),
      claimed()
    )
    expect(queries.overview()).toMatchObject({
      sequence: 5,
      time: startMillis + 5_000,
      chats: 2,
      messages: 2,
      links: 2,
      waiting: 1,
      verdicts: { benign: 0, suspicious: 0, malicious: 1 },
      suppressed: { muted: 1 },
      outbox: { queued: 0, claimed: 1 }
    })
  })
})
