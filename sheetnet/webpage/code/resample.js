/**
 * A photo at the size of the network: the same whole numbers as Pillow's Image.resize gives for 8 bits
 * (https://pillow.readthedocs.io, "Filters"): first across, then down, weights in 22 bits behind the point.
 *
 * Of narrow photos (below 50 pixels) some releases of Pillow go down first; then a few numbers differ by up to 4.
 *
 *   out[i] = clip((sum_k in[first + k] * round(w[k] * 2^22) + 2^21) >> 22)
 */

/** @typedef {{width: number, height: number, channels: number, data: Uint8Array | Uint8ClampedArray}} Picture */
/** @typedef {[number, number, number, number]} Box  left, top, right, bottom, in pixels, perhaps fractions of them */
/** @typedef {{reach: number, weight: (x: number) => number}} Filter */

const BITS = 22;

/** @param {number} x */
const sinc = (x) => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

/** @type {Filter} */
export const LANCZOS = { reach: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) };
/** @type {Filter} */
export const BOX = { reach: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) };
/** @type {Filter} */
export const BILINEAR = { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) };

/**
 * For each pixel that is made: the first that it reads, and the weights of those.
 * @param {number} length @param {number} start @param {number} end @param {number} count @param {Filter} filter
 */
function weightsOf(length, start, end, count, filter) {
  const scale = (end - start) / count;
  const wide = Math.max(1, scale);
  const reach = filter.reach * wide;
  return Array.from({ length: count }, (_, k) => {
    const center = start + (k + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - reach + 0.5));
    const last = Math.min(length, Math.trunc(center + reach + 0.5));
    const weights = Array.from({ length: last - first }, (_, j) => filter.weight((j + first - center + 0.5) / wide));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const whole = Int32Array.from(weights, (weight) => {
      const fixed = (total === 0 ? weight : weight / total) * 2 ** BITS;
      return Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    });
    return { first, whole };
  });
}

/** @param {number} sum */
const clipped = (sum) => Math.min(255, Math.max(0, sum >> BITS));

/**
 * A part of a picture at another size.
 * @param {Picture} picture @param {number} width @param {number} height @param {Box} box @param {Filter} filter
 * @returns {Picture}
 */
export function resized(picture, width, height, box, filter) {
  const [left, top, right, bottom] = box;
  const across = width !== picture.width || left !== 0 || right !== picture.width;
  const down = height !== picture.height || top !== 0 || bottom !== picture.height;
  const used = down ? weightsOf(picture.height, top, bottom, height, filter) : [];
  const [from, to] = down ? [used[0].first, used[height - 1].first + used[height - 1].whole.length] : [0, picture.height];
  const wide = across ? acrossWith(rowsOf(picture, from, to), weightsOf(picture.width, left, right, width, filter)) : rowsOf(picture, from, to);
  return down ? downWith(wide, used.map(({ first, whole }) => ({ first: first - from, whole }))) : wide;
}

/**
 * Some rows of a picture: from one up to another.
 * @param {Picture} picture @param {number} from @param {number} to @returns {Picture}
 */
function rowsOf({ width, channels, data }, from, to) {
  return { width, height: to - from, channels, data: data.subarray(from * width * channels, to * width * channels) };
}

/** @typedef {{first: number, whole: Int32Array}[]} Weights */

/** @param {Picture} picture @param {Weights} weights @returns {Picture} */
function acrossWith({ width, height, channels, data }, weights) {
  const out = new Uint8Array(weights.length * height * channels);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (const { first, whole } of weights) {
      for (let c = 0; c < channels; c++) {
        let sum = 1 << (BITS - 1);
        let from = (y * width + first) * channels + c;
        for (let k = 0; k < whole.length; k++, from += channels) sum += data[from] * whole[k];
        out[at++] = clipped(sum);
      }
    }
  }
  return { width: weights.length, height, channels, data: out };
}

/** @param {Picture} picture @param {Weights} weights @returns {Picture} */
function downWith({ width, channels, data }, weights) {
  const row = width * channels;
  const out = new Uint8Array(weights.length * row);
  weights.forEach(({ first, whole }, y) => {
    for (let x = 0; x < row; x++) {
      let sum = 1 << (BITS - 1);
      for (let k = 0, from = first * row + x; k < whole.length; k++, from += row) sum += data[from] * whole[k];
      out[y * row + x] = clipped(sum);
    }
  });
  return { width, height: weights.length, channels, data: out };
}

/**
 * The largest centred part of the right proportions, as photo/__init__.py has it.
 * @param {{width: number, height: number}} picture @param {number} width @param {number} height @returns {Box}
 */
export function middle(picture, width, height) {
  const wide = Math.min(picture.width, Math.max(1, (picture.height * width) / height));
  const high = Math.min(picture.height, Math.max(1, (picture.width * height) / width));
  const left = (picture.width - wide) / 2;
  const top = (picture.height - high) / 2;
  return [left, top, Math.min(picture.width, left + wide), Math.min(picture.height, top + high)];
}

/**
 * RGBA on white as grey (ITU-R 601 luma, as Pillow rounds it) or as RGB.
 * @param {Picture} rgba @param {number} channels @returns {Picture}
 */
export function flattened({ width, height, data }, channels) {
  const out = new Uint8Array(width * height * channels);
  const light = [0, 0, 0];
  for (let k = 0, at = 0; k < data.length; k += 4) {
    const alpha = data[k + 3];
    for (let c = 0; c < 3; c++) {
      const mixed = data[k + c] * alpha + 255 * (255 - alpha) + 128;
      light[c] = alpha === 255 ? data[k + c] : ((mixed >> 8) + mixed) >> 8;
    }
    if (channels === 1) out[at++] = (light[0] * 19595 + light[1] * 38470 + light[2] * 7471 + 0x8000) >> 16;
    else for (let c = 0; c < 3; c++) out[at++] = light[c];
  }
  return { width, height, channels, data: out };
}

/**
 * The numbers of a network's input, channel by channel: whole, from 0 to `levels`.
 * @param {Picture} picture @param {number} levels @returns {number[]}
 */
export function pixelsOf({ width, height, channels, data }, levels) {
  const found = [];
  for (let c = 0; c < channels; c++) {
    for (let k = 0; k < width * height; k++) found.push(even(data[k * channels + c] * (levels / 255)));
  }
  return found;
}

/**
 * The nearest whole number, at a half the even one, as NumPy rounds.
 * @param {number} value
 */
export function even(value) {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}
