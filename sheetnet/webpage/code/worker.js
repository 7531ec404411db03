/** The half of the page that calculates, on a thread of its own: photo, engine and workbook. It answers one question at a time. */

import { cellOf, cellsOf } from "./cells.js";
import { Book } from "./engine.js";
import { LANCZOS, flattened, pixelsOf, resized } from "./resample.js";
import { storedIn, workbookWith } from "./workbook.js";
import { through } from "./zip.js";

/**
 * @typedef {import("./cells.js").Lying} Lying
 * @typedef {import("./cells.js").Area} Area
 * @typedef {{workbook: string, sheets: string[], record: number, lying: Record<string, Lying>}} Start
 * @typedef {[string, (number | string)[]]} Put  full name, its first elements
 */

/** @type {Book | null} */
let book = null;
/** @type {import("./workbook.js").Get} */
let get;
/** @type {Start} */
let facts;
/** @type {Uint8Array} */
let archive;
/** @type {import("./resample.js").Picture} */
let photo;

/** @param {string} text @returns {Uint8Array} */
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** The engine, once it runs. */
function running() {
  if (!book) throw new Error("the engine does not run yet");
  return book;
}

const answers = {
  /**
   * Read what is stored in the workbook.
   * @param {Start} start
   */
  async open(start) {
    facts = { ...start, workbook: "" };
    archive = bytesOf(start.workbook);
    get = await storedIn(archive);
  },

  /**
   * Start the engine. The values in the file are true, so nothing is calculated yet.
   * @param {string} engine
   */
  async start(engine) {
    const started = await Book.load(await through(bytesOf(engine), new DecompressionStream("gzip")), archive);
    book = started;
    get = (sheet, row, column) => started.get(sheet, row - 1, column - 1);
  },

  /**
   * Put numbers and texts into cells, and calculate.
   * @param {Put[]} puts
   */
  async put(puts) {
    const book = running();
    for (const [full, values] of puts) {
      values.forEach((value, k) => {
        const cell = cellOf(facts.lying[full], k);
        book.set(cell.sheet, cell.row - 1, cell.column - 1, value);
      });
    }
    book.calculate();
  },

  /**
   * Take a photo.
   * @param {{photo: import("./resample.js").Picture, channels: number}} given
   */
  async photo(given) {
    photo = flattened(given.photo, given.channels);
  },

  /**
   * A part of the photo as the network sees it.
   * @param {{width: number, height: number, box: import("./resample.js").Box, levels: number}} asked
   */
  async look({ width, height, box, levels }) {
    return pixelsOf(resized(photo, width, height, box, LANCZOS), levels);
  },

  /**
   * The values of tensors: numbers, or words.
   * @param {string[]} names
   */
  async read(names) {
    return names.map((full) => cellsOf(facts.lying[full]).map((cell) => get(cell.sheet, cell.row, cell.column)));
  },

  /**
   * The values of areas, and the formula of a cell.
   * @param {{cell: Area, areas: Area[]}} asked
   */
  async near({ cell, areas }) {
    const values = areas.map((area) =>
      Array.from({ length: area.rows * area.columns }, (_, k) =>
        get(area.sheet, area.row + Math.floor(k / area.columns), area.column + (k % area.columns)),
      ),
    );
    return { formula: running().formula(cell.sheet, cell.row - 1, cell.column - 1), values };
  },

  /**
   * The workbook of now.
   * @param {{made: Put[], edited: Put[], pictures: [string, Uint8Array][]}} asked
   */
  async save({ made, edited, pictures }) {
    return workbookWith(archive, facts, get, new Map(made), new Map(edited), new Map(pictures));
  },
};

self.onmessage = async ({ data: [number, what, asked] }) => {
  try {
    // @ts-ignore  what is asked is one of the answers
    self.postMessage([number, true, await answers[what](asked)]);
  } catch (error) {
    self.postMessage([number, false, error instanceof Error ? error.message : String(error)]);
  }
};
