/** What goes between the actor and the thread that reads codes. */
import type { Picture } from "./picture.ts"

/** A picture as the media host has it, and the key to it. */
export interface SealedPicture extends Pick<Picture, "key" | "media"> {
  readonly file: Uint8Array<ArrayBuffer>
}

/**
 * The texts of its codes; or why there are none: it does not open (`corrupt`), is no picture or a broken one
 * (`malformed`), or is of another kind or too large (`unsupported`).
 */
export type CodesRead =
  | { readonly codes: ReadonlyArray<string> }
  | { readonly failed: "corrupt" | "malformed" | "unsupported" }

/** The thread is ready for pictures, one after the other; each is answered. */
export type ThreadSays = { readonly say: "ready" } | ({ readonly say: "read" } & { readonly read: CodesRead })
