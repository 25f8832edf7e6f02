/** Bytes of a chat's text, unpacked. 40,000 messages, the most an export holds, are rarely over 20 MB. */
export const chatTextBytesMax = 128 * 1024 * 1024

/** Bytes of a .zip's list of files. An export holds at most 10,000 media, with some 100 bytes each. */
export const zipDirectoryBytesMax = 16 * 1024 * 1024

/** Texts in a .zip to look into when no name tells which one is the chat; each may take the limit above. */
export const unnamedTextsMax = 8

/** Bytes read from the disk and inflated at a time; other work runs in between. */
export const chunkBytes = 256 * 1024

/** A number of bytes as a person reads it. */
export const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`
