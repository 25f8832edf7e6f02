import { Redacted } from "effect"
import { describe, expect, it } from "vitest"
import { backupSettings } from "../../infra/config/backup-settings.ts"

const places = backupSettings.backupPlaces.parse
const keys = backupSettings.backupKeys.parse

describe("the settings of backups", () => {
  it("name folders and buckets, with half a second between two copies", () => {
    expect(
      places("disk=/mnt/backup, far=https://s3.example:9000/bucket/deep/er?region=garage&every=10")
    ).toEqual([
      {
        name: "disk",
        shown: "/mnt/backup",
        everyMillis: 500,
        where: { kind: "directory", path: "/mnt/backup" }
      },
      {
        name: "far",
        shown: "https://s3.example:9000/bucket/deep/er",
        everyMillis: 10_000,
        where: {
          kind: "s3",
          endpoint: "https://s3.example:9000",
          bucket: "bucket",
          prefix: "deep/er/",
          region: "garage"
        }
      }
    ])
    expect(places("none")).toEqual([])
  })

  it.each([
    "/mnt/backup",
    "disk=mnt/backup",
    "disk=/a disk=/b",
    "Disk=/a",
    "disk=/a?every=-1",
    "disk=/a?every=often",
    "disk=/a?evrey=1",
    "far=https://s3.example",
    "far=https://user:secret@s3.example/bucket",
    "far=ftp://s3.example/bucket"
  ])("do not take %s for a place", (text) => {
    expect(places(text)).toBeUndefined()
  })

  it("hold keys by the name of their place", () => {
    const found = keys("far=AK:se/cr+et: near=B:c")
    expect(
      [...(found ?? [])].map(([name, { accessKey, secretKey }]) => [
        name,
        accessKey,
        Redacted.value(secretKey)
      ])
    ).toEqual([
      ["far", "AK", "se/cr+et:"],
      ["near", "B", "c"]
    ])
    expect(keys("far=AK")).toBeUndefined()
  })

  it("hold keys of any characters, written as in a URL", () => {
    const every = String.fromCodePoint(...Array.from({ length: 0x250 }, (_, code) => code), 0x1f512)
    const written = encodeURIComponent(every)
    const found = keys(`near=B:c far=${written}:${written}`)?.get("far")
    expect(found?.accessKey).toBe(every)
    expect(Redacted.value(found!.secretKey)).toBe(every)
  })

  it("do not take a percent sign that is none of a URL's", () => {
    expect(keys("far=AK:100%")).toBeUndefined()
    expect(keys("far=A%K:secret")).toBeUndefined()
  })

  it("take public halves for recipients and a private half for an identity, and not the other way round", () => {
    const own = `age1${"q".repeat(58)}`
    const secret = `AGE-SECRET-KEY-1${"Q".repeat(58)}`
    expect(backupSettings.backupRecipients.parse(own)).toEqual([own])
    expect(backupSettings.backupRecipients.parse(secret)).toBeUndefined()
    expect(backupSettings.backupIdentity.parse(own)).toBeUndefined()
    expect(backupSettings.backupIdentity.parse(secret)).toBeDefined()
  })
})
