/** Addresses: B5 <-> row and column, from 1; where the elements of a tensor lie; what a formula reads. */

/**
 * @typedef {{shape: number[], anchors: number[][], steps: number[][]}} Lying  see facts.py
 * @typedef {{sheet: number, row: number, column: number}} Cell  rows and columns from 1, sheets from 0
 * @typedef {{sheet: number, row: number, column: number, rows: number, columns: number}} Area
 */

/** @param {string} letters @returns {number} */
export function columnNumber(letters) {
  let number = 0;
  for (const letter of letters) number = number * 26 + letter.charCodeAt(0) - 64;
  return number;
}

/** @param {number} column @returns {string} */
function columnLetters(column) {
  let text = "";
  for (let left = column; left > 0; left = Math.floor((left - 1) / 26)) {
    text = String.fromCharCode(65 + ((left - 1) % 26)) + text;
  }
  return text;
}

/** @param {number} row @param {number} column @returns {string} */
export const address = (row, column) => `${columnLetters(column)}${row}`;

/** @param {number[]} shape @returns {number} */
export const size = (shape) => shape.reduce((product, side) => product * side, 1);

/**
 * The cell of an element, by its number in row-major order.
 * @param {Lying} lying @param {number} number @returns {Cell}
 */
export function cellOf(lying, number) {
  const { shape, anchors, steps } = lying;
  const inner = shape.slice(shape.length - steps.length);
  const count = size(inner);
  const [sheet, row, column] = anchors[Math.floor(number / count)];
  const cell = { sheet, row, column };
  let rest = number % count;
  for (let axis = inner.length - 1; axis >= 0; axis--) {
    const index = rest % inner[axis];
    rest = Math.floor(rest / inner[axis]);
    cell.row += index * steps[axis][0];
    cell.column += index * steps[axis][1];
  }
  return cell;
}

/**
 * All cells of a tensor, in row-major order.
 * @param {Lying} lying @returns {Cell[]}
 */
export const cellsOf = (lying) => Array.from({ length: size(lying.shape) }, (_, k) => cellOf(lying, k));

const REFERENCE = /(?:('(?:[^']|'')+'|[^\s!'"(),:+\-*/^&=<>]+)!)?\$?([A-Z]{1,3})\$?([0-9]+)(?::\$?([A-Z]{1,3})\$?([0-9]+))?(?![\w(!])/g;

/**
 * The cells that a formula names, in its order. Texts in it are passed over.
 * @param {string} formula @param {number} home @param {string[]} sheets @returns {Area[]}
 */
export function references(formula, home, sheets) {
  const found = [];
  for (const match of formula.replace(/"(?:[^"]|"")*"/g, '""').matchAll(REFERENCE)) {
    const title = (match[1] ?? "").replace(/^'|'$/g, "").replaceAll("''", "'");
    const column = columnNumber(match[2]);
    const row = Number(match[3]);
    found.push({
      sheet: title ? sheets.indexOf(title) : home,
      row,
      column,
      rows: match[5] ? Number(match[5]) - row + 1 : 1,
      columns: match[4] ? columnNumber(match[4]) - column + 1 : 1,
    });
  }
  return found;
}
