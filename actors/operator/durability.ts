/** What it means that the log's server acknowledged something, in words. */
import type { Foundation } from "./system.ts"

/** Ours syncs each append before it answers. Of a server that runs elsewhere nobody can ask how it is set. */
export const durabilityOf = (
  server: Foundation["server"]
): { readonly ok: boolean; readonly detail: string } =>
  server === "embedded"
    ? { ok: true, detail: "sync_interval: always: acknowledged means on disk" }
    : {
        ok: true,
        detail: "set where that server runs; it needs sync_interval: always for acknowledged to mean on disk"
      }
