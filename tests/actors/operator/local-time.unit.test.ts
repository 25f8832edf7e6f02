import { describe, expect, it } from "vitest"
import { isZone, zonedReader } from "../../../actors/operator/ingest/local-time.ts"

const iso = (zone: string, local: string) => new Date(zonedReader(zone)(local)).toISOString()

describe("reading local times of a zone", () => {
  it.each([
    ["UTC", "2024-03-01T21:05:00", "2024-03-01T21:05:00.000Z"],
    ["Europe/Berlin", "2024-03-01T21:05:00", "2024-03-01T20:05:00.000Z"],
    ["Europe/Berlin", "2024-07-01T21:05:00", "2024-07-01T19:05:00.000Z"],
    ["Asia/Kathmandu", "2024-01-01T00:00:00", "2023-12-31T18:15:00.000Z"],
    ["Pacific/Kiritimati", "2024-01-01T00:00:00", "2023-12-31T10:00:00.000Z"],
    ["America/Sao_Paulo", "2018-11-04T12:00:00", "2018-11-04T14:00:00.000Z"]
  ])("%s %s", (zone, local, utc) => expect(iso(zone, local)).toBe(utc))

  it("reads what the clocks showed twice as the first time", () => {
    expect(iso("Europe/Berlin", "2024-10-27T02:30:00")).toBe("2024-10-27T00:30:00.000Z")
    expect(iso("Europe/Berlin", "2024-10-27T01:59:59")).toBe("2024-10-26T23:59:59.000Z")
    expect(iso("Europe/Berlin", "2024-10-27T03:00:00")).toBe("2024-10-27T02:00:00.000Z")
  })

  it("reads what the clocks skipped as if they had not", () => {
    expect(iso("Europe/Berlin", "2024-03-31T02:30:00")).toBe("2024-03-31T01:30:00.000Z")
    expect(iso("Europe/Berlin", "2024-03-31T01:59:59")).toBe("2024-03-31T00:59:59.000Z")
    expect(iso("Europe/Berlin", "2024-03-31T03:00:00")).toBe("2024-03-31T01:00:00.000Z")
  })

  it("reads a whole day that was skipped, on the other side of the date line", () => {
    expect(iso("Pacific/Apia", "2011-12-29T12:00:00")).toBe("2011-12-29T22:00:00.000Z")
    expect(iso("Pacific/Apia", "2011-12-31T12:00:00")).toBe("2011-12-30T22:00:00.000Z")
  })

  it("never answers with a moment before 1970, which no event may have", () => {
    expect(zonedReader("Europe/Berlin")("1969-05-01T00:00:00")).toBe(0)
  })

  it("knows zones by name", () => {
    expect(isZone("America/Argentina/Buenos_Aires")).toBe(true)
    expect(isZone("Mars/Olympus")).toBe(false)
  })
})
