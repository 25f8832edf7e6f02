import { Effect } from "effect"
import { expect, test } from "vitest"
import { forgetIn } from "../../../../actors/whatsapp/session/forget.ts"
import { makeJournal } from "../../../../actors/whatsapp/session/sqlite-journal.ts"
import { openSessionStore, type OwnedStore } from "../../../../actors/whatsapp/session/store.ts"
import { temporaryFolder } from "./whole.ts"

/** Runs something on an empty store. */
const onStore = async (run: (store: OwnedStore) => Effect.Effect<void, unknown>) => {
  using folder = temporaryFolder()
  const paths = { path: `${folder.path}/session.db`, keyringPath: `${folder.path}/keyring.db` }
  await Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(openSessionStore(paths), ({ claim }) => Effect.flatMap(claim, (store) => run(store)))
    )
  )
}

const put = (store: OwnedStore, type: string, id: string, value: unknown) =>
  store.write({ changes: [{ type, id, value: Buffer.from(JSON.stringify(value)) }], at: 0 })

const idsOf = (store: OwnedStore, type: string) => store.entries(type).map(({ id }) => id)

const bytes = (text: string) => ({ type: "Buffer", data: Buffer.from(text).toString("base64") })

test("everything that a session keeps under either form of a person goes, by the id or by what it says", () =>
  onStore((store) =>
    Effect.sync(() => {
      put(store, "creds", "creds", { me: { id: "4911:7@s.whatsapp.net" } })
      put(store, "lid-mapping", "4917", "1001")
      put(store, "lid-mapping", "1001_reverse", "4917")
      put(store, "lid-mapping", "4918", "1002")
      put(store, "session", "4917.0", {})
      put(store, "session", "1001_1.3", {})
      put(store, "session", "1002_1.0", {})
      put(store, "sender-key", "120363@g.us::1001_1::0", {})
      put(store, "sender-key", "120363@g.us::1002_1::0", {})
      put(store, "sender-key-memory", "120363@g.us", { "1001:0@lid": true, "1002:0@lid": true })
      put(store, "sender-key-memory", "120364@g.us", { "1002:0@lid": true })
      put(store, "tctoken", "__index", { token: bytes(`["4917@s.whatsapp.net","1002@lid"]`) })
      put(store, "tctoken", "1002@lid", { token: bytes("secret 10010") })
      // The keyring knows one form only: the session knows both.
      expect(forgetIn(store, ["4917@s.whatsapp.net"])).toBe(7)
      expect(idsOf(store, "creds")).toEqual(["creds"])
      expect(idsOf(store, "lid-mapping")).toEqual(["4918"])
      expect(idsOf(store, "session")).toEqual(["1002_1.0"])
      expect(idsOf(store, "sender-key")).toEqual(["120363@g.us::1002_1::0"])
      expect(idsOf(store, "sender-key-memory")).toEqual(["120364@g.us"])
      expect(idsOf(store, "tctoken")).toEqual(["1002@lid"])
      expect(forgetIn(store, ["4917@s.whatsapp.net"])).toBe(0)
    })
  ))

test("a chat takes along what was said in it, and forms of other gateways name nobody here", () =>
  onStore((store) =>
    Effect.sync(() => {
      put(store, "sender-key", "120363@g.us::1001_1::0", {})
      put(store, "session", "1001_1.0", {})
      expect(forgetIn(store, ["sandbox:Family", "export:Family/Ana"])).toBe(0)
      expect(forgetIn(store, ["120363@g.us"])).toBe(1)
      expect(idsOf(store, "session")).toEqual(["1001_1.0"])
    })
  ))

test("our own account may be forgotten as a person: its credentials stay", () =>
  onStore((store) =>
    Effect.sync(() => {
      put(store, "creds", "creds", { me: { id: "4911:7@s.whatsapp.net" } })
      put(store, "session", "4911.0", {})
      expect(forgetIn(store, ["4911@s.whatsapp.net"])).toBe(1)
      expect(idsOf(store, "creds")).toEqual(["creds"])
    })
  ))

test("what waits in the journal goes where they sent it, and what was set aside where it names them at all", () =>
  onStore((store) =>
    Effect.gen(function* () {
      const journal = makeJournal(store)
      const row = (attributes: Record<string, string>, words: string) =>
        journal.add({ kind: "message", attributes, payload: Buffer.from(words) })
      yield* row({ id: "A", from: "4917@s.whatsapp.net" }, "hers")
      yield* row({ id: "B", from: "120363@g.us", participant: "4917:2@s.whatsapp.net" }, "hers in a group")
      yield* row({ id: "C", from: "120363@g.us", participant: "4918@s.whatsapp.net" }, "ask 4917 about it")
      yield* row({ id: "D", from: "120363@g.us", participant: "4918@s.whatsapp.net" }, "nobody knows: 4917")
      yield* row({ id: "E", from: "120363@g.us", participant: "4918@s.whatsapp.net" }, "nobody knows: 49170")
      const rows = yield* journal.next(10)
      for (const { attributes, position } of rows)
        if (attributes["id"] === "D" || attributes["id"] === "E") yield* journal.setAside(position, "why")
      expect(forgetIn(store, ["4917@s.whatsapp.net"])).toBe(3)
      expect((yield* journal.next(10)).map(({ attributes }) => attributes["id"])).toEqual(["C"])
      expect((yield* journal.aside).map(({ attributes }) => attributes["id"])).toEqual(["E"])
    })
  ))

test("what waits for its pictures is no message any more, keeps its content, and is forgotten like one", () =>
  onStore((store) =>
    Effect.gen(function* () {
      const journal = makeJournal(store)
      const row = (id: string, participant: string) =>
        journal.add({ kind: "message", attributes: { id, participant }, payload: Buffer.from(id) })
      yield* row("A", "4917@s.whatsapp.net")
      yield* row("B", "4918@s.whatsapp.net")
      yield* row("C", "4918@s.whatsapp.net")
      const [first, second, third] = yield* journal.next(10)
      yield* journal.leavePictures([first!.position, second!.position])
      // Somebody else took it meanwhile.
      yield* journal.leavePictures([first!.position])
      expect((yield* journal.next(10)).map(({ position }) => position)).toEqual([third!.position])
      const pictures = yield* journal.pictures(10)
      expect(pictures.map(({ attributes, payload }) => [attributes["id"], String(payload)])).toEqual([
        ["A", "A"],
        ["B", "B"]
      ])
      expect(pictures.every(({ position }) => position > third!.position)).toBe(true)
      expect(pictures.map(({ arrivedAt }) => arrivedAt)).toEqual([first!.arrivedAt, second!.arrivedAt])
      expect(
        (yield* journal.pictures(10, pictures[0]!.position)).map(({ attributes }) => attributes["id"])
      ).toEqual(["B"])
      expect(yield* journal.waiting).toBe(3)
      expect(forgetIn(store, ["4917@s.whatsapp.net"])).toBe(1)
      expect((yield* journal.pictures(10)).map(({ attributes }) => attributes["id"])).toEqual(["B"])
    })
  ))
