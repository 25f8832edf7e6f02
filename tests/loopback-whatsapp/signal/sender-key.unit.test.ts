import { describe, expect, it } from "vitest"
import { makeSenderKey, makeSenderKeysOfOthers } from "./sender-key.ts"

const given = () => {
  const sender = makeSenderKey(7)
  const reader = makeSenderKeysOfOthers()
  reader.learn("group/ana", sender.distribution())
  const say = (text: string): Buffer => sender.encrypt(Buffer.from(text))
  const read = (message: Buffer): string => reader.decrypt("group/ana", message).toString()
  return { read, reader, say, sender }
}

describe("a sender key", () => {
  it("reads messages in any order, each once", () => {
    const { read, say } = given()
    const [one, two, three] = [say("one"), say("two"), say("three")]
    expect([read(three!), read(one!), read(two!)]).toEqual(["three", "one", "two"])
    expect(() => read(two!)).toThrow("not yet read")
  })

  it("given anew does not lose messages still on their way", () => {
    const { read, reader, say, sender } = given()
    const late = say("late")
    const next = say("next")
    expect(read(next)).toBe("next")
    reader.learn("group/ana", sender.distribution())
    expect(read(late)).toBe("late")
  })

  it("reads only what comes after it was given", () => {
    const sender = makeSenderKey(7)
    const before = sender.encrypt(Buffer.from("before"))
    const reader = makeSenderKeysOfOthers()
    reader.learn("group/ana", sender.distribution())
    expect(() => reader.decrypt("group/ana", before)).toThrow("not yet read")
    expect(reader.decrypt("group/ana", sender.encrypt(Buffer.from("after"))).toString()).toBe("after")
  })

  it("refuses a message that somebody changed", () => {
    const { read, say } = given()
    const message = say("one")
    message[10] = message[10]! ^ 1
    expect(() => read(message)).toThrow("another signature")
  })

  it("is needed", () => {
    const { reader, say } = given()
    expect(() => reader.decrypt("group/bob", say("one"))).toThrow(
      "expected sender key 7 of group/bob, found none"
    )
  })
})
