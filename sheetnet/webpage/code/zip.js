/**
 * A zip archive -> its parts, and back. Parts that do not change keep their compressed bytes.
 * The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3 and 4.4.
 */

/** @typedef {{name: string, head: Uint8Array, packed: Uint8Array}} Part  head: its entry in the directory, without name */

const ENTRY = 46;
const LOCAL = 30;
const END = 22;

/** CRC-32 of each byte, polynomial 0xEDB88320. */
const CRCS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** @param {Uint8Array} bytes @returns {number} */
export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRCS[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * What comes out of a stream that bytes go through.
 * @param {Uint8Array} bytes @param {CompressionStream | DecompressionStream} stream @returns {Promise<Uint8Array>}
 */
export async function through(bytes, stream) {
  const out = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(out).arrayBuffer());
}

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} */
export const deflated = (bytes) => through(bytes, new CompressionStream("deflate-raw"));

/** @param {Uint8Array} bytes @returns {DataView} */
const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * The parts of an archive that this program's Python half wrote: no comments, no extra fields, below 4 GB.
 * @param {Uint8Array} archive @returns {Part[]}
 */
export function unzipped(archive) {
  const all = view(archive);
  const end = archive.length - END;
  if (all.getUint32(end, true) !== 0x06054b50) throw new Error("the workbook in this page is damaged");
  let at = all.getUint32(end + 16, true);
  const parts = [];
  for (let left = all.getUint16(end + 10, true); left > 0; left--) {
    const size = all.getUint32(at + 20, true);
    const letters = all.getUint16(at + 28, true);
    const start = all.getUint32(at + 42, true);
    const data = start + LOCAL + all.getUint16(start + 26, true) + all.getUint16(start + 28, true);
    parts.push({
      name: new TextDecoder().decode(archive.subarray(at + ENTRY, at + ENTRY + letters)),
      head: archive.slice(at, at + ENTRY),
      packed: archive.subarray(data, data + size),
    });
    at += ENTRY + letters + all.getUint16(at + 30, true) + all.getUint16(at + 32, true);
  }
  return parts;
}

/**
 * The bytes of a part.
 * @param {Part} part @returns {Promise<Uint8Array>}
 */
export async function read(part) {
  const stored = view(part.head).getUint16(10, true) === 0;
  return stored ? part.packed : through(part.packed, new DecompressionStream("deflate-raw"));
}

/**
 * The same part with other bytes.
 * @param {Part} part @param {Uint8Array} bytes @returns {Promise<Part>}
 */
export async function replaced(part, bytes) {
  const packed = await deflated(bytes);
  const head = part.head.slice();
  const at = view(head);
  at.setUint16(10, 8, true);
  at.setUint32(16, crc32(bytes), true);
  at.setUint32(20, packed.length, true);
  at.setUint32(24, bytes.length, true);
  return { name: part.name, head, packed };
}

/**
 * The archive of some parts, in their order.
 * @param {Part[]} parts @returns {Uint8Array}
 */
export function zipped(parts) {
  const names = parts.map((part) => new TextEncoder().encode(part.name));
  const total = parts.reduce((sum, part, k) => sum + LOCAL + ENTRY + 2 * names[k].length + part.packed.length, END);
  const out = new Uint8Array(total);
  const all = view(out);
  /** @type {number[]} */
  const starts = [];
  let at = 0;
  parts.forEach((part, k) => {
    starts.push(at);
    all.setUint32(at, 0x04034b50, true);
    out.set(part.head.subarray(6, 30), at + 4); // from "version needed" to the length of the name
    all.setUint16(at + 26, names[k].length, true);
    all.setUint16(at + 28, 0, true);
    out.set(names[k], at + LOCAL);
    out.set(part.packed, at + LOCAL + names[k].length);
    at += LOCAL + names[k].length + part.packed.length;
  });
  const directory = at;
  parts.forEach((part, k) => {
    out.set(part.head, at);
    all.setUint16(at + 28, names[k].length, true);
    all.setUint16(at + 30, 0, true);
    all.setUint16(at + 32, 0, true);
    all.setUint32(at + 42, starts[k], true);
    out.set(names[k], at + ENTRY);
    at += ENTRY + names[k].length;
  });
  all.setUint32(at, 0x06054b50, true);
  all.setUint16(at + 8, parts.length, true);
  all.setUint16(at + 10, parts.length, true);
  all.setUint32(at + 12, at - directory, true);
  all.setUint32(at + 16, directory, true);
  return out;
}
