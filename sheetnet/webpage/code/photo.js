/** A file, or what the camera sees -> a picture of RGBA, upright; what cannot be one is told in a line. */

/** @typedef {import("./resample.js").Picture} Picture */

const MOST_BYTES = 200_000_000; // as photo/files.py has it
const MOST_PIXELS = 50_000_000;

/** What cannot be shown. The message is a key of the page's words. */
export class Refused extends Error {}

/**
 * Width and height as the header of a file says, or null where it is none of the kinds that are known.
 * @param {Uint8Array} bytes @returns {[number, number] | null}
 */
export function sizeOf(bytes) {
  if (bytes.length < 30) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const letters = String.fromCharCode(...bytes.subarray(0, 16));
  if (letters.startsWith("\x89PNG\r\n\x1a\n")) return [view.getUint32(16), view.getUint32(20)];
  if (letters.startsWith("GIF8")) return [view.getUint16(6, true), view.getUint16(8, true)];
  if (letters.startsWith("BM")) return [Math.abs(view.getInt32(18, true)), Math.abs(view.getInt32(22, true))];
  if (letters.startsWith("RIFF") && letters.slice(8, 12) === "WEBP") return sizeOfWebp(view, letters.slice(12, 16));
  if (letters.startsWith("\xff\xd8")) return sizeOfJpeg(view);
  if (letters.slice(4, 8) === "ftyp") return [1, 1]; // AVIF or HEIC, where the browser knows it: it is measured later
  return null;
}

/** @param {DataView} view @param {string} kind @returns {[number, number] | null} */
function sizeOfWebp(view, kind) {
  if (kind === "VP8X") {
    const side = (/** @type {number} */ at) => 1 + view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
    return [side(24), side(27)];
  }
  if (kind === "VP8L") {
    const bits = view.getUint32(21, true);
    return [1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff)];
  }
  return kind === "VP8 " ? [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff] : null;
}

/** @param {DataView} view @returns {[number, number] | null} */
function sizeOfJpeg(view) {
  for (let at = 2; at + 9 < view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at += 1;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return [view.getUint16(at + 7), view.getUint16(at + 5)];
    } else at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/**
 * The picture in a file. Refused where there is none.
 * @param {File} file @returns {Promise<Picture>}
 */
export async function opened(file) {
  if (file.size === 0) throw new Refused("empty");
  if (file.size > MOST_BYTES) throw new Refused("large");
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new Refused("unreadable"); // a folder, or a file that is gone
  }
  const told = sizeOf(bytes);
  if (!told) throw new Refused("unknown");
  if (told[0] * told[1] > MOST_PIXELS) throw new Refused("large");
  let bitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes])); // it is turned upright, as its EXIF note says
  } catch {
    throw new Refused("broken");
  }
  if (bitmap.width * bitmap.height > MOST_PIXELS) throw new Refused("large");
  return drawn(bitmap, bitmap.width, bitmap.height);
}

/**
 * The pixels of something that can be drawn.
 * @param {CanvasImageSource} source @param {number} width @param {number} height @returns {Picture}
 */
export function drawn(source, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context || width < 1 || height < 1) throw new Refused("broken");
  context.drawImage(source, 0, 0);
  return { width, height, channels: 4, data: context.getImageData(0, 0, width, height).data };
}
