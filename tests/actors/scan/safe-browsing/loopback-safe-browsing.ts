/**
 * Safe Browsing's service on loopback, as its reference documents it: `hashes:search`, and `hashLists:batchGet` with
 * versions, changes since a version that it still knows, checksums and waits.
 */
import { createHash } from "node:crypto"
import type { RequestListener } from "node:http"
import {
  likelySafeList,
  listNames,
  type ListName,
  widthOf
} from "../../../../actors/scan/safe-browsing/lists/list-names.ts"
import { bytes, duration, message, number } from "./protobuf.ts"
import { riceMessage, riceMessageOf } from "./rice-writer.ts"

/** What was asked. */
export interface Asked {
  readonly path: string
  readonly query: URLSearchParams
}

/** Instead of an answer: a status, silence, or bytes that are none. */
export type Trouble = { readonly status: number } | { readonly bytes: Buffer } | "silence"

interface Version {
  readonly name: string
  /** In ascending order. */
  readonly hashes: ReadonlyArray<Buffer>
}

const ascending = (hashes: ReadonlyArray<Buffer>): ReadonlyArray<Buffer> =>
  [...new Map(hashes.map((hash) => [hash.toString("latin1"), hash])).values()].toSorted((a, b) =>
    a.compare(b)
  )

const positionMessage = (positions: ReadonlyArray<number>): Buffer =>
  riceMessageOf(Uint32Array.from(positions))

const additionField: Readonly<Record<number, number>> = { 4: 4, 8: 9, 16: 10, 32: 11 }

export const makeSafeBrowsing = () => {
  /** Every version that is still known, the newest last. */
  const versions = new Map<ListName, ReadonlyArray<Version>>(listNames.map((name) => [name, []]))
  /** SHA-256 hashes of what is dangerous, in hexadecimal, with the number of the threat and its attributes. */
  const dangerous = new Map<string, { readonly threat: number; readonly attributes: ReadonlyArray<number> }>()
  const asked: Array<Asked> = []
  const settings = {
    waitSeconds: 1_800,
    cacheSeconds: 300,
    spoilChecksums: 0,
    trouble: undefined as Trouble | undefined
  }

  const listMessage = (name: ListName, has: ReadonlyArray<string>): Buffer => {
    const known = versions.get(name)!
    const now = known.at(-1) ?? { name: "", hashes: [] }
    const before = known.find((version) => has.includes(version.name))
    const head = [
      bytes(1, name),
      bytes(2, now.name),
      settings.waitSeconds === 0 ? Buffer.alloc(0) : duration(6, settings.waitSeconds)
    ]
    if (before === now) return Buffer.concat(head)
    const old = new Set(before?.hashes.map((hash) => hash.toString("latin1")))
    const current = new Set(now.hashes.map((hash) => hash.toString("latin1")))
    const added = now.hashes.filter((hash) => !old.has(hash.toString("latin1")))
    const removed = (before?.hashes ?? []).flatMap((hash, at) =>
      current.has(hash.toString("latin1")) ? [] : [at]
    )
    const checksum = createHash("sha256").update(Buffer.concat(now.hashes)).digest()
    if (settings.spoilChecksums > 0) {
      settings.spoilChecksums--
      checksum[0]! ^= 1
    }
    const width = widthOf(name)
    return Buffer.concat([
      ...head,
      number(3, before === undefined ? 0 : 1),
      added.length === 0 ? Buffer.alloc(0) : message(additionField[width]!, riceMessage(width, added)),
      removed.length === 0 ? Buffer.alloc(0) : message(5, positionMessage(removed)),
      bytes(7, checksum)
    ])
  }

  const searchMessage = (prefixes: ReadonlyArray<Buffer>): Buffer =>
    Buffer.concat([
      ...[...dangerous].flatMap(([hash, { attributes, threat }]) =>
        prefixes.some((prefix) => hash.startsWith(prefix.toString("hex")))
          ? [
              message(
                1,
                bytes(1, Buffer.from(hash, "hex")),
                // Attributes are enumerations, which proto3 packs.
                message(
                  2,
                  number(1, threat),
                  attributes.length === 0 ? Buffer.alloc(0) : bytes(2, Buffer.from(attributes))
                )
              )
            ]
          : []
      ),
      duration(2, settings.cacheSeconds)
    ])

  const answerTo = ({ path, query }: Asked): { readonly status: number; readonly body: Buffer } => {
    const refuse = (status: number) => ({ status, body: number(1, 3) })
    if (query.get("alt") !== "proto" || query.get("key") !== "secret-key") return refuse(400)
    if (path === "/v5/hashes:search") {
      const prefixes = query.getAll("hashPrefixes").map((text) => Buffer.from(text, "base64"))
      const isFit =
        prefixes.length > 0 && prefixes.length <= 1_000 && prefixes.every(({ length }) => length === 4)
      return isFit ? { status: 200, body: searchMessage(prefixes) } : refuse(400)
    }
    if (path !== "/v5/hashLists:batchGet") return refuse(404)
    const names = query.getAll("names")
    const wanted = listNames.filter((name) => names.includes(name))
    const has = query.getAll("version").map((version) => Buffer.from(version, "base64").toString())
    const isFit = names.length > 0 && wanted.length === names.length && new Set(has).size === has.length
    if (!isFit) return refuse(400)
    return {
      status: 200,
      body: Buffer.concat(names.map((name) => message(1, listMessage(name as ListName, has))))
    }
  }

  const handle: RequestListener = (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, "http://service/")
    const got = { path: pathname, query: searchParams }
    asked.push(got)
    const { trouble } = settings
    if (trouble === "silence") return
    if (trouble !== undefined && "status" in trouble) return void response.writeHead(trouble.status).end()
    const { body, status } = trouble === undefined ? answerTo(got) : { status: 200, body: trouble.bytes }
    response.writeHead(status, { "content-type": "application/x-protobuf" }).end(body)
  }

  return {
    handle,
    asked,
    settings,
    dangerous,
    /** Gives a list another version; `forget` drops those before, so that whoever has one gets all of the list. */
    publish: (name: ListName, hashes: ReadonlyArray<Buffer>, forget = false): void => {
      const before = forget ? [] : versions.get(name)!
      const cut = hashes.map((hash) => Buffer.from(hash.subarray(0, widthOf(name))))
      const next = { name: `${name}, version ${versions.get(name)!.length + 1}`, hashes: ascending(cut) }
      versions.set(name, [...before, next])
    },
    /** Gives every list that has none a first version. */
    publishEmpty: (): void => {
      for (const name of listNames)
        if (versions.get(name)!.length === 0) versions.set(name, [{ name: `${name}, empty`, hashes: [] }])
    },
    likelySafeList
  }
}

export type LoopbackSafeBrowsing = ReturnType<typeof makeSafeBrowsing>
