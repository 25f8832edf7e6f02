/** Rows as lines of a table, as RFC 4180 has it. A missing value is nothing; an empty text is two quotes. */
import type { Value } from "./aside/protocol.ts"

const fieldOf = (value: Value): string => {
  if (value === null) return ""
  const text = String(value)
  return text === "" || /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** @example csvLine(["a,b", null, ""]) // '"a,b",,""\r\n' */
export const csvLine = (values: ReadonlyArray<Value>): string => `${values.map(fieldOf).join(",")}\r\n`
