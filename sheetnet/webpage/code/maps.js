/** A tensor as a picture of small squares: each matrix of it is a tile, and each number has the colour of its value. */

import { size } from "./cells.js";
import { WAYS } from "./dom.js";

/** @typedef {{first: number, count: number, width: number, height: number, x: number, y: number, side: number}} Tile  x, y, side in CSS pixels */
/** @typedef {{negative: string, paper: string, positive: string, warm: string}} Colors */

const GAP = 4;
const HATCH = 4; // pixels from one slanted line to the next
const SIDES = [[3, 12], [5, 9], [8, 8], [14, 5], [28, 3], [48, 2]]; // a matrix of at most so many columns, pixels of a square
const LONGEST = 12; // numbers of a list that stand in one column
const ROOM = 270; // pixels, after which tiles go on in the next row

/** @param {number} width @returns {number} */
const sideOf = (width) => (SIDES.find(([most]) => width <= most) ?? [0, 1])[1];

/**
 * How many tiles stand in a row, so that all rows are full where that is possible.
 * @param {number} count @param {number} most
 */
function evenly(count, most) {
  const fitting = Math.max(1, Math.min(count, most));
  for (let across = fitting; 2 * across > fitting; across--) if (count % across === 0) return across;
  return fitting;
}

/**
 * Where the tiles of a tensor lie.
 * @param {number[]} shape @returns {{tiles: Tile[], width: number, height: number}}
 */
export function tiled(shape) {
  const total = size(shape);
  const matrix = shape.length >= 3 ? shape.slice(-2) : null;
  const list = shape.at(-1) ?? 1;
  const columns = matrix ? matrix[1] : list <= LONGEST ? 1 : Math.ceil(Math.sqrt(list));
  const count = matrix ? matrix[0] * matrix[1] : list;
  const rows = Math.ceil(count / columns);
  const side = matrix || list > LONGEST ? sideOf(columns) : 14;
  const [wide, high] = [columns * side, rows * side];
  const across = shape.length === 4 ? shape[1] : evenly(total / count, Math.floor(ROOM / (wide + GAP)));
  const tiles = Array.from({ length: total / count }, (_, k) => ({
    first: k * count,
    count,
    width: columns,
    height: rows,
    x: (k % across) * (wide + GAP),
    y: Math.floor(k / across) * (high + GAP),
    side,
  }));
  const down = Math.ceil(tiles.length / across);
  return { tiles, width: across * (wide + GAP) - GAP, height: down * (high + GAP) - GAP };
}

/** @param {string} color @returns {number[]} */
const lightOf = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));

/**
 * The colour of a number: white is 0; the strongest colour is `most`.
 * @param {number} value @param {number} most @param {boolean} signed @param {Colors} colors @returns {number[]}
 */
export function colorOf(value, most, signed, colors) {
  const share = most > 0 ? Math.min(1, Math.abs(value) / most) : 0;
  const paper = lightOf(colors.paper);
  const ink = lightOf(signed ? (value < 0 ? colors.negative : colors.positive) : colors.warm);
  return paper.map((light, c) => Math.round(light + (ink[c] - light) * share));
}

/** @type {CanvasPattern | null} */
let lines = null;

/**
 * Slanted lines, for what is no number: no colour of a number is like it, nor is the white of 0.
 * @param {CanvasRenderingContext2D} context
 */
function hatched(context) {
  if (lines) return lines;
  const tile = document.createElement("canvas");
  tile.width = tile.height = HATCH;
  const own = tile.getContext("2d");
  if (!own) return "#000";
  own.fillStyle = "#fff";
  own.fillRect(0, 0, HATCH, HATCH);
  own.fillStyle = "#000";
  for (let k = 0; k < HATCH; k++) own.fillRect(k, HATCH - 1 - k, 1, 1);
  lines = context.createPattern(tile, "repeat");
  return lines ?? "#000";
}

/**
 * Draw a tensor.
 * @param {HTMLCanvasElement} canvas @param {number[]} shape @param {(k: number) => number[] | null} color  null: no number
 */
export function draw(canvas, shape, color) {
  const { tiles, width, height } = tiled(shape);
  canvas.width = width;
  canvas.height = height;
  canvas.style.width = `${width / 16}rem`;
  const context = canvas.getContext("2d");
  if (!context) return;
  for (const tile of tiles) {
    for (let k = 0; k < tile.count; k++) {
      const found = color(tile.first + k);
      context.fillStyle = found ? `rgb(${found.join(",")})` : hatched(context);
      context.fillRect(tile.x + (k % tile.width) * tile.side, tile.y + Math.floor(k / tile.width) * tile.side, tile.side, tile.side);
    }
  }
}

/**
 * Draw a frame around one number.
 * @param {HTMLCanvasElement} canvas @param {number[]} shape @param {number} number
 */
export function frame(canvas, shape, number) {
  const context = canvas.getContext("2d");
  const tile = tiled(shape).tiles.find((one) => number < one.first + one.count);
  if (!context || !tile) return;
  const k = number - tile.first;
  const [x, y] = [tile.x + (k % tile.width) * tile.side, tile.y + Math.floor(k / tile.width) * tile.side];
  for (const [color, inset] of /** @type {[string, number][]} */ ([["#000", -0.5], ["#ffe14d", 0.5]])) {
    context.strokeStyle = color;
    context.strokeRect(x + inset, y + inset, tile.side - 2 * inset, tile.side - 2 * inset);
  }
}

/**
 * The number at a point of the canvas, or -1.
 * @param {number[]} shape @param {number} x @param {number} y
 */
export function at(shape, x, y) {
  for (const tile of tiled(shape).tiles) {
    const [column, row] = [Math.floor((x - tile.x) / tile.side), Math.floor((y - tile.y) / tile.side)];
    const k = row * tile.width + column;
    if (column >= 0 && row >= 0 && column < tile.width && row < tile.height && k < tile.count) return tile.first + k;
  }
  return -1;
}

/**
 * The number beside another one, from tile to tile.
 * @param {number[]} shape @param {number} number @param {string} key
 */
export function beside(shape, number, key) {
  const { tiles } = tiled(shape);
  const tile = tiles.find((one) => number < one.first + one.count);
  if (!tile) return number;
  const [right, down] = WAYS[key] ?? [0, 0];
  return Math.min(tiles.length * tile.count - 1, Math.max(0, number + right + down * tile.width));
}

/**
 * Where a number is in its tensor, counted from 1.
 * @param {number[]} shape @param {number} number @returns {number[]}
 */
export function indexOf(shape, number) {
  const index = [];
  let rest = number;
  for (const side of [...shape].reverse()) {
    index.unshift((rest % side) + 1);
    rest = Math.floor(rest / side);
  }
  return index;
}
