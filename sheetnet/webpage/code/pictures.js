/** The pictures that the workbook shows: what the network sees, each pixel a square, and the photo itself, small. */

/** @typedef {import("./desk.js").Desk} Desk @typedef {import("./input.js").Input} Input */

const SIDE = 197; // as photo/shown.py has it
const LINE = 128;

/** @param {HTMLCanvasElement} canvas @returns {Promise<Uint8Array>} */
async function png(canvas) {
  /** @type {Blob | null} */
  const blob = await new Promise((made) => canvas.toBlob(made, "image/png"));
  return new Uint8Array(await (blob ?? new Blob()).arrayBuffer());
}

/**
 * Draw what the network sees, each pixel a square between thin lines.
 * @param {HTMLCanvasElement} canvas @param {Desk} desk
 */
export function squares(canvas, desk) {
  const { shape, levels } = desk.facts;
  const [channels, height, width] = shape;
  const numbers = desk.numbers("photo.out");
  const side = Math.max(1, Math.floor((SIDE - 1) / Math.max(height, width)) - 1);
  const line = side >= 3 ? 1 : 0;
  canvas.width = width * (side + line) + line;
  canvas.height = height * (side + line) + line;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.fillStyle = `rgb(${LINE},${LINE},${LINE})`;
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (let k = 0; k < height * width; k++) {
    const light = [0, 1, 2].map((c) => Math.round((255 * numbers[(channels === 3 ? c : 0) * height * width + k]) / levels));
    context.fillStyle = `rgb(${light.join(",")})`;
    context.fillRect((k % width) * (side + line) + line, Math.floor(k / width) * (side + line) + line, side, side);
  }
}

/**
 * The pictures for the workbook, by the names of their parts. They have the sizes of those whose places they take.
 * @param {Desk} desk @param {Input | null} input @returns {Promise<[string, Uint8Array][]>}
 */
export async function pictures(desk, input) {
  const { parts, original } = desk.facts;
  const canvas = document.createElement("canvas");
  /** @type {[string, Uint8Array][]} */
  const found = [];
  if (parts.pixels) {
    squares(canvas, desk);
    found.push([parts.pixels, await png(canvas)]);
  }
  if (parts.original && input?.photo) {
    input.drawPhoto(canvas, Math.max(...original), true);
    const whole = document.createElement("canvas");
    [whole.width, whole.height] = original;
    const scale = Math.min(original[0] / canvas.width, original[1] / canvas.height);
    const [wide, high] = [canvas.width * scale, canvas.height * scale];
    whole.getContext("2d")?.drawImage(canvas, (original[0] - wide) / 2, (original[1] - high) / 2, wide, high);
    found.push([parts.original, await png(whole)]);
  }
  return found;
}
