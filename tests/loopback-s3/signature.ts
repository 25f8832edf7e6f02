/**
 * Holding a request against its signature, as S3 does: written from the specification and not from the client's code.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import { createHash, createHmac } from "node:crypto"
import type { IncomingMessage } from "node:http"

export interface Credentials {
  readonly accessKey: string
  readonly secretKey: string
}

const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex")
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest()

const encoded = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`)

/** The error that S3 would answer with, or `undefined` where all is well. */
export const complaintAbout = (
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  { accessKey, secretKey }: Credentials
): string | undefined => {
  const { authorization = "" } = request.headers
  const [, key, date, region, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization
    ) ?? []
  if (key === undefined) return "AccessDenied"
  if (key !== accessKey) return "InvalidAccessKeyId"
  const header = (name: string) => String(request.headers[name] ?? "").trim()
  if (header("x-amz-content-sha256") !== sha256(body)) return "XAmzContentSHA256Mismatch"
  const query = [...url.searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted()
    .join("&")
  const signed = names!.split(";")
  if (!["host", "x-amz-date", "x-amz-content-sha256"].every((name) => signed.includes(name)))
    return "AccessDenied"
  const canonical = [
    request.method,
    url.pathname,
    query,
    ...signed.map((name) => `${name}:${header(name)}`),
    "",
    names,
    header("x-amz-content-sha256")
  ].join("\n")
  const scope = `${date}/${region}/s3/aws4_request`
  const text = ["AWS4-HMAC-SHA256", header("x-amz-date"), scope, sha256(canonical)].join("\n")
  const signing = [region!, "s3", "aws4_request"].reduce<Buffer>(hmac, hmac(`AWS4${secretKey}`, date!))
  return hmac(signing, text).toString("hex") === signature ? undefined : "SignatureDoesNotMatch"
}
