/** The events of a segment as bytes: as they are in a file of the archive, so that one can be held against the other. */
export { type LogRecord, packMessages, unpackMessages } from "../../../infra/event-log/packed-messages.ts"
