import { describe, expect, it } from "@effect/vitest"
import { proto } from "@whiskeysockets/baileys"
import fc from "fast-check"
import { contentKinds } from "../../../../actors/whatsapp/incoming/content-kinds.ts"
import { messageDecoder } from "../../../../actors/whatsapp/incoming/decode-message.ts"
import type { Heard, Origin } from "../../../../actors/whatsapp/incoming/heard.ts"
import { ada, bob, direct, family, group, me, self } from "./envelopes.ts"
import { fieldsOf } from "./proto-shape.ts"

const { decodeMessage } = messageDecoder(proto)
const { Type } = proto.Message.ProtocolMessage

const bytesOf = (message: proto.IMessage) => proto.Message.encode(message).finish()
const hear = (message: proto.IMessage, origin: Origin = group(ada)): ReadonlyArray<Heard> =>
  decodeMessage(bytesOf(message), origin, self).map(({ heard }) => heard)

const posted = (message: proto.IMessage): string | undefined => {
  const [heard, ...rest] = hear(message)
  return heard?.what === "post" && rest.length === 0 ? heard.texts.posted : undefined
}

const button = (json: object) => ({ name: "cta_url", buttonParamsJson: JSON.stringify(json) })

/** What each kind says: a line for each text, what comes along as context last. */
const posts: ReadonlyArray<readonly [string, proto.IMessage, string]> = [
  ["a text", { conversation: "look example.com" }, "look example.com"],
  [
    "a text with a preview, whose link is not said twice",
    {
      extendedTextMessage: {
        text: "look https://example.com/a now",
        matchedText: "https://example.com/a",
        title: "Example",
        description: "An example"
      }
    },
    "look https://example.com/a now\nAn example\nExample"
  ],
  [
    "a text with a preview of another link",
    { extendedTextMessage: { text: "look https://example.com/a", matchedText: "https://example.com" } },
    "look https://example.com/a\nhttps://example.com"
  ],
  [
    "an advertisement under a text",
    {
      extendedTextMessage: {
        text: "hi",
        contextInfo: { externalAdReply: { title: "Win", sourceUrl: "http://ad.example/" } }
      }
    },
    "hi\nWin\nhttp://ad.example/"
  ],
  [
    "a picture",
    { imageMessage: { url: "https://mmg.whatsapp.net/x", mimetype: "image/jpeg", caption: "me" } },
    "me"
  ],
  ["a picture without a word", { imageMessage: { url: "https://mmg.whatsapp.net/x" } }, ""],
  ["a video", { videoMessage: { caption: "look" } }, "look"],
  ["a round video", { ptvMessage: { caption: "look" } }, "look"],
  ["a document", { documentMessage: { title: "t", fileName: "a.pdf", caption: "c" } }, "t\na.pdf\nc"],
  [
    "a document with a caption",
    { documentWithCaptionMessage: { message: { documentMessage: { fileName: "a.pdf", caption: "c" } } } },
    "a.pdf\nc"
  ],
  ["a voice message", { audioMessage: { url: "https://mmg.whatsapp.net/x" } }, ""],
  ["a sticker", { stickerMessage: { url: "https://mmg.whatsapp.net/x" } }, ""],
  [
    "a sticker pack",
    { stickerPackMessage: { name: "Cats", publisher: "Cat", packDescription: "cats.example" } },
    "Cats\nCat\ncats.example"
  ],
  [
    "a contact",
    {
      contactMessage: { displayName: "Ada", vcard: "BEGIN:VCARD\nFN:Ada\nURL:http\\://a.example\nEND:VCARD" }
    },
    "Ada\nhttp://a.example"
  ],
  [
    "contacts",
    {
      contactsArrayMessage: {
        displayName: "2 contacts",
        contacts: [{ vcard: "BEGIN:VCARD\nFN:Ada\nEND:VCARD" }, { vcard: "BEGIN:VCARD\nFN:Bob\nEND:VCARD" }]
      }
    },
    "2 contacts\nAda\nBob"
  ],
  [
    "a place",
    { locationMessage: { name: "Bar", address: "Street 1", url: "http://bar.example/", comment: "here" } },
    "Bar\nStreet 1\nhttp://bar.example/\nhere"
  ],
  ["a place that moves", { liveLocationMessage: { caption: "on my way" } }, "on my way"],
  [
    "an invitation, whose code is a link",
    { groupInviteMessage: { groupJid: family, inviteCode: "AbC", groupName: "Club", caption: "join" } },
    "https://chat.whatsapp.com/AbC\nClub\njoin"
  ],
  [
    "an invitation to a channel",
    { newsletterAdminInviteMessage: { newsletterName: "News", caption: "c" } },
    "News\nc"
  ],
  [
    "a poll",
    {
      pollCreationMessageV3: { name: "Where?", options: [{ optionName: "a.example" }, { optionName: "B" }] }
    },
    "Where?\na.example\nB"
  ],
  [
    "a poll in a wrapper",
    {
      pollCreationMessageV4: {
        message: { pollCreationMessage: { name: "Q", options: [{ optionName: "A" }] } }
      }
    },
    "Q\nA"
  ],
  [
    "an event",
    {
      eventMessage: {
        name: "Party",
        description: "d",
        location: { name: "Bar" },
        joinLink: "https://call.example/"
      }
    },
    "Party\nd\nBar\nhttps://call.example/"
  ],
  [
    "buttons",
    {
      buttonsMessage: {
        contentText: "Choose",
        footerText: "foot",
        buttons: [{ buttonId: "x", buttonText: { displayText: "Yes" } }],
        text: "head"
      }
    },
    "Choose\nfoot\nYes\nhead"
  ],
  [
    "a list",
    {
      listMessage: {
        title: "T",
        description: "D",
        buttonText: "Open",
        sections: [{ title: "S", rows: [{ title: "R", description: "r.example", rowId: "x" }] }]
      }
    },
    "T\nD\nOpen\nS\nR\nr.example"
  ],
  [
    "a template",
    {
      templateMessage: {
        hydratedTemplate: {
          hydratedContentText: "C",
          hydratedButtons: [{ urlButton: { displayText: "Go", url: "https://t.example/" } }],
          hydratedTitleText: "T"
        }
      }
    },
    "C\nGo\nhttps://t.example/\nT"
  ],
  [
    "an interactive message with native buttons",
    {
      interactiveMessage: {
        header: { title: "H" },
        body: { text: "B" },
        footer: { text: "F" },
        nativeFlowMessage: { buttons: [button({ display_text: "Open", url: "https://n.example/" })] }
      }
    },
    "H\nB\nF\nOpen\nhttps://n.example/"
  ],
  [
    "a carousel",
    {
      interactiveMessage: { carouselMessage: { cards: [{ body: { text: "1" } }, { body: { text: "2" } }] } }
    },
    "1\n2"
  ],
  [
    "a product",
    {
      productMessage: {
        product: { title: "Shoe", url: "https://shop.example/", productId: "x" },
        body: "b",
        catalog: { title: "Cat", description: "d" }
      }
    },
    "Shoe\nhttps://shop.example/\nCat\nd\nb"
  ],
  ["an order", { orderMessage: { orderTitle: "O", message: "m", token: "x" } }, "m\nO"],
  [
    "a request for money",
    { requestPaymentMessage: { noteMessage: { conversation: "pay.example" } } },
    "pay.example"
  ],
  ["money", { sendPaymentMessage: { noteMessage: { extendedTextMessage: { text: "pay" } } } }, "pay"],
  ["an invoice", { invoiceMessage: { note: "n", token: "x" } }, "n"],
  ["a comment", { commentMessage: { message: { conversation: "c.example" } } }, "c.example"],
  [
    "an assistant's answer",
    {
      richResponseMessage: {
        submessages: [{ messageText: "see" }],
        unifiedResponse: { data: Buffer.from('{"u":"http://ai.example/"}') }
      }
    },
    "see\nhttp://ai.example/"
  ],
  [
    "a message of another device of ours",
    { deviceSentMessage: { destinationJid: family, message: { conversation: "mine" } } },
    "mine"
  ],
  [
    "what was forwarded from a channel",
    {
      extendedTextMessage: {
        text: "t",
        contextInfo: {
          forwardedNewsletterMessageInfo: { newsletterJid: "1@newsletter", newsletterName: "News" }
        }
      }
    },
    "t\nNews"
  ],
  [
    "a label that a member gives themselves",
    { protocolMessage: { type: Type.GROUP_MEMBER_LABEL_CHANGE, memberLabel: { label: "a.example" } } },
    "a.example"
  ]
]

describe("a post", () => {
  it.each(posts)("is heard with everything it says: %s", (_, message, text) => {
    const said = hear(message).filter(({ what }) => what === "post")
    expect(said).toMatchObject([{ texts: { posted: text, unread: [] } }])
  })

  it("says what its quote says as a quote, at any depth", () => {
    const quotedMessage = {
      extendedTextMessage: {
        text: "old http://a.example/",
        contextInfo: { quotedMessage: { conversation: "older" } }
      }
    }
    const contextInfo = { stanzaId: "X", participant: bob[0], quotedMessage }
    expect(hear({ extendedTextMessage: { text: "see", contextInfo } })).toEqual([
      {
        what: "post",
        texts: { posted: "see", quoted: "old http://a.example/\nolder", unread: [], answers: "X" }
      }
    ])
  })

  it.each(["reactionMessage", "protocolMessage"])("does nothing by a quote that holds a %s", (kind) => {
    const key = { id: "m1", fromMe: true }
    const inner =
      kind === "reactionMessage"
        ? { reactionMessage: { key, text: "x" } }
        : { protocolMessage: { key, type: Type.REVOKE } }
    const heard = hear({ extendedTextMessage: { text: "see", contextInfo: { quotedMessage: inner } } })
    expect(heard.map(({ what }) => what)).toEqual(["post"])
  })
})

describe("an edit", () => {
  const edit = (editedMessage: proto.IMessage, change: proto.Message.IProtocolMessage = {}) => ({
    protocolMessage: {
      type: Type.MESSAGE_EDIT,
      key: { id: "m1", fromMe: true },
      editedMessage,
      timestampMs: 9e15,
      ...change
    }
  })

  it.each([
    ["plain", edit({ conversation: "new" })],
    ["wrapped as edits are", { editedMessage: { message: edit({ conversation: "new" }) } }],
    ["of a caption", edit({ imageMessage: { caption: "new" } })],
    [
      "of a caption of a document",
      edit({ documentWithCaptionMessage: { message: { documentMessage: { caption: "new" } } } })
    ],
    ["in a chat whose messages disappear", edit({ ephemeralMessage: { message: { conversation: "new" } } })]
  ])(
    "is heard with its new words, %s, as of when it arrived, whatever its sender's clock says",
    (_, message) => {
      const { at } = group(ada)
      expect(hear(message)).toEqual([
        { what: "edit", id: "m1", at, texts: { posted: "new", quoted: "", unread: [] } }
      ])
    }
  )

  it("that does not say of what, or does not say that it is one, is heard as words", () => {
    const words = [{ what: "post", texts: { posted: "new" } }]
    expect(hear(edit({ conversation: "new" }, { key: {} }))).toMatchObject(words)
    expect(hear(edit({ conversation: "new" }, { type: Type.EPHEMERAL_SETTING }))).toMatchObject(words)
    expect(hear(edit({ conversation: "new" }, { type: Type.REVOKE }))).toMatchObject(words)
  })
})

describe("a deletion", () => {
  const revoke = (key: proto.IMessageKey) => ({ protocolMessage: { type: Type.REVOKE, key } })

  it("is of the sender's own message", () => {
    expect(hear(revoke({ id: "m1", fromMe: true }))).toEqual([
      { what: "revoke", target: { sender: ada, id: "m1" } }
    ])
    expect(hear(revoke({ id: "m1", fromMe: true }), direct(ada))).toEqual([
      { what: "revoke", target: { sender: ada, id: "m1" } }
    ])
  })

  it("is of another one's in a group, where its sender may be an admin", () => {
    expect(hear(revoke({ id: "m1", fromMe: false, participant: bob[0] }))).toEqual([
      { what: "revoke", target: { sender: [bob[0]], id: "m1" } }
    ])
    expect(hear(revoke({ id: "m1", participant: self.lid! }))).toMatchObject([{ target: { sender: me } }])
  })

  it("of another one's message in a chat of two is none", () => {
    expect(hear(revoke({ id: "m1", fromMe: false }), direct(ada))).toEqual([
      { what: "aside", of: "protocolMessage.REVOKE" }
    ])
  })

  it("is what a message about a message is that does not say what it is", () => {
    expect(hear({ protocolMessage: { key: { id: "m1", fromMe: true } } })).toMatchObject([{ what: "revoke" }])
    expect(hear({ protocolMessage: {} })).toEqual([{ what: "aside", of: "protocolMessage.REVOKE" }])
  })
})

describe("a reaction", () => {
  const react = (key: proto.IMessageKey, text = "👍") => ({ reactionMessage: { key, text } })
  const { at } = group(ada)

  it.each([
    ["to the reactor's own message", react({ id: "m1", fromMe: true }), group(ada), ada],
    ["to a member's", react({ id: "m1", participant: bob[0] }), group(ada), [bob[0]]],
    ["to ours", react({ id: "m1", participant: self.phone }), group(ada), me],
    ["to ours, in a chat of two", react({ id: "m1", fromMe: false }), direct(ada), me],
    ["of ours to theirs, in a chat of two", react({ id: "m1", fromMe: false }), direct(ada, me), ada]
  ] as const)("is heard %s", (_, message, origin, sender) => {
    expect(hear(message, origin)).toEqual([
      { what: "reaction", target: { sender, id: "m1" }, text: "👍", at }
    ])
  })

  it("is taken back by an empty one", () => {
    expect(hear(react({ id: "m1", fromMe: true }, ""))).toMatchObject([{ what: "reaction", text: "" }])
  })

  it("that does not say to what is heard as words", () => {
    expect(hear({ reactionMessage: { text: "http://a.example/" } })).toMatchObject([
      { what: "post", texts: { posted: "http://a.example/" } }
    ])
    expect(hear({ reactionMessage: {} })).toEqual([{ what: "aside", of: "reactionMessage" }])
  })
})

describe("what cannot be read", () => {
  const key = { id: "m1" }

  it.each([
    ["encReactionMessage", { encReactionMessage: { targetMessageKey: key } }],
    ["encCommentMessage", { encCommentMessage: { targetMessageKey: key } }],
    ["encEventResponseMessage", { encEventResponseMessage: {} }],
    ["pollUpdateMessage", { pollUpdateMessage: { pollCreationMessageKey: key } }],
    ["secretEncryptedMessage", { ephemeralMessage: { message: { secretEncryptedMessage: {} } } }]
  ])("because only another message's key opens it is said by its kind: %s", (kind, message) => {
    expect(hear(message)).toEqual([{ what: "unreadable", reason: "encrypted", fields: [kind] }])
  })

  it("because only WhatsApp knows its kind is said by its number, through wrappers, and never by its content", () => {
    // Field 2000, of three bytes.
    const unknown = Buffer.from([0x82, 0x7d, 3, 1, 2, 3])
    const wrap = (field: number, inner: Uint8Array) => {
      const held = Buffer.concat([Buffer.from([0x0a, inner.length]), inner])
      return Buffer.concat([Buffer.from([((field << 3) & 0x7f) | 2 | 0x80, field >> 4, held.length]), held])
    }
    const said = (bytes: Uint8Array) => decodeMessage(bytes, group(ada), self).map(({ heard }) => heard)
    expect(said(unknown)).toEqual([{ what: "unreadable", reason: "unknown", fields: ["#2000"] }])
    // ephemeralMessage is field 40, viewOnceMessage 37.
    expect(said(wrap(40, wrap(37, unknown)))).toEqual([
      { what: "unreadable", reason: "unknown", fields: ["ephemeralMessage.viewOnceMessage.#2000"] }
    ])
    expect(said(Buffer.concat([bytesOf({ conversation: "known" }), unknown]))).toEqual([
      { what: "post", texts: { posted: "known", quoted: "", unread: ["#2000"] } }
    ])
  })

  it("because it is there twice, and only one of the two is decoded, is marked", () => {
    const first = bytesOf({ extendedTextMessage: { text: "http://hidden.example/" } })
    const twice = Buffer.concat([first, bytesOf({ extendedTextMessage: { title: "t" } })])
    expect(decodeMessage(twice, group(ada), self)).toMatchObject([
      { heard: { what: "post", texts: { unread: ["extendedTextMessage*"] } } }
    ])
  })

  it("because it is no message is heard as malformed, whatever the bytes are", () => {
    // A wire type that there is none of.
    expect(decodeMessage(Buffer.from([0x87, 0x7d, 1]), group(ada), self)).toMatchObject([
      { heard: { what: "unreadable", reason: "malformed" } }
    ])
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(Array.isArray(decodeMessage(bytes, group(ada), self))).toBe(true)
      }),
      { numRuns: 1_000 }
    )
  })
})

describe("what says nothing", () => {
  const asides = fieldsOf(proto.Message).filter(
    ({ name }) => contentKinds[name as keyof typeof contentKinds] === "aside"
  )

  it.each(asides.map(({ name }) => name))("is passed over, by its name: %s", (name) => {
    expect(hear({ [name]: {} })).toEqual([{ what: "aside", of: name }])
  })

  it.each([
    [
      "protocolMessage.EPHEMERAL_SETTING",
      { protocolMessage: { type: Type.EPHEMERAL_SETTING, ephemeralExpiration: 86_400 } }
    ],
    [
      "protocolMessage.HISTORY_SYNC_NOTIFICATION",
      { protocolMessage: { type: Type.HISTORY_SYNC_NOTIFICATION } }
    ],
    ["nothing", { senderKeyDistributionMessage: { groupId: family }, messageContextInfo: {} }],
    ["ephemeralMessage", { ephemeralMessage: { message: {} } }]
  ])("is passed over: %s", (of, message) => {
    expect(hear(message)).toEqual([{ what: "aside", of }])
  })
})

describe("a message that the phone was asked for", () => {
  const info = proto.WebMessageInfo.encode({
    key: { remoteJid: family, id: "lost", participant: ada[0] },
    messageTimestamp: 1_767_225_700,
    pushName: "Ada",
    message: { conversation: "here http://a.example/" }
  }).finish()
  const answer: proto.IMessage = {
    protocolMessage: {
      type: Type.PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE,
      peerDataOperationRequestResponseMessage: {
        peerDataOperationResult: [{ placeholderMessageResendResponse: { webMessageInfoBytes: info } }]
      }
    }
  }

  it("is heard as if it had come by itself, late", () => {
    expect(decodeMessage(bytesOf(answer), direct(me, me), self)).toMatchObject([
      {
        origin: {
          chat: [family],
          sender: [ada[0]],
          own: false,
          id: "lost",
          at: 1_767_225_700_000,
          arrival: "replayed"
        },
        heard: { what: "post", texts: { posted: "here http://a.example/" } }
      }
    ])
  })

  it("is heard of nobody but our own phone", () => {
    expect(hear(answer, direct(ada)).filter(({ what }) => what === "post")).toEqual([])
    expect(hear(answer, group(ada)).filter(({ what }) => what === "post")).toEqual([])
  })
})

it("what is posted is what is read, whichever other kinds are in the same message", () => {
  expect(posted({ conversation: "a", imageMessage: { caption: "b" } })).toBe("a\nb")
  const both = hear({ conversation: "a", reactionMessage: { key: { id: "m1", fromMe: true }, text: "x" } })
  expect(both.map(({ what }) => what)).toEqual(["post", "reaction"])
})
