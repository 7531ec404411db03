/** What is on the desk: the picture, what was edited, and the values of all cells that the page shows. */

/**
 * @typedef {import("./engine.js").Value} Value
 * @typedef {import("./cells.js").Lying} Lying
 * @typedef {{title: string, out: string, params: [string, string][], signed: boolean}} Layer
 * @typedef {{
 *   language: string, title: string, lead: string, learned: string, unsure: string, name: string, classes: string[],
 *   shape: number[], levels: number, ink: boolean, sure: number, sheets: string[], record: number, nobody: string,
 *   tensors: Record<string, Lying>, cells: Record<string, Lying>, pixels: string, colors: [string, number[]][],
 *   samples: string[], layers: Layer[], line_up: string | null, loss: string | null,
 *   parts: Record<string, string>, original: number[], scale: import("./maps.js").Colors, words: Record<string, string>,
 * }} Facts
 * @typedef {[string, (number | string)[]]} Put
 */

const SAID = "start.said.out";
const CHOSEN = "draw.choice";
const TRUTH = "truth.choice";

/** The desk. `listeners` are called whenever new values are there. */
export class Desk {
  /** @param {Facts} facts @param {(what: string, asked: unknown, given?: Transferable[]) => Promise<any>} ask */
  constructor(facts, ask) {
    this.facts = facts;
    this.ask = ask;
    /** @type {Record<string, Value[]>} */
    this.values = {};
    /** @type {number[]} */
    this.pixels = [];
    /** @type {Map<string, (number | string)[]>} */
    this.made = new Map();
    /** @type {Map<string, (number | string)[]>} */
    this.edited = new Map();
    /** @type {Map<string, (number | string)[]>} */
    this.weights = new Map();
    /** @type {(() => void)[]} */
    this.listeners = [];
    /** @type {Map<string, (number | string)[]>} */
    this.waiting = new Map();
    this.started = false;
    /** @type {Promise<void> | null} */
    this.working = null;
  }

  /** The cells of everything that has a name. */
  get lying() {
    return { ...this.facts.tensors, ...this.facts.cells };
  }

  /** Read the values of all that is shown. */
  async refresh() {
    const names = [...Object.keys(this.facts.tensors), ...Object.keys(this.facts.cells).filter((name) => name !== "draw.palette")];
    const found = await this.ask("read", names);
    this.values = Object.fromEntries(names.map((name, k) => [name, found[k]]));
  }

  /**
   * Show what stands in the cells at first, and wait for the engine; what is put meanwhile waits as well.
   * @param {() => Promise<void>} start
   */
  async begin(start) {
    await this.refresh();
    this.pixels = this.numbers(this.facts.pixels).slice(0, this.pixelCount);
    for (const layer of this.facts.layers) for (const [name] of layer.params) this.weights.set(name, this.numbers(name));
    this.tell();
    await start();
    this.started = true;
    await this.put([]);
    this.tell();
  }

  /** How many numbers the reader's picture has: with colours or on a pad one for each pixel. */
  get pixelCount() {
    const [channels, height, width] = this.facts.shape;
    return (this.facts.pixels === "photo.out" ? channels : 1) * height * width;
  }

  /** @param {string} name @returns {number[]} */
  numbers(name) {
    return (this.values[name] ?? []).map((value) => (typeof value === "number" ? value : 0));
  }

  /**
   * A number, or the error that stands in its cell.
   * @param {string} name @param {number} number @returns {number | {error: string}}
   */
  at(name, number) {
    const value = this.values[name]?.[number];
    return typeof value === "number" || (typeof value === "object" && value !== null) ? value : 0;
  }

  /**
   * The first error in the cells of a tensor, "" where all show numbers.
   * @param {string} name
   */
  fault(name) {
    for (const value of this.values[name] ?? []) if (typeof value === "object" && value !== null) return value.error;
    return "";
  }

  /**
   * How many cells of a tensor show an error.
   * @param {string} name
   */
  faults(name) {
    return (this.values[name] ?? []).filter((value) => typeof value === "object" && value !== null).length;
  }

  /**
   * The words of a cell, "" where it has none.
   * @param {string} name
   */
  words(name) {
    const value = this.values[name]?.[0];
    return typeof value === "string" ? value : "";
  }

  /** What the workbook says of the picture. */
  get said() {
    return this.words(SAID);
  }

  /** The class that was chosen as the truth, or "". */
  get truth() {
    return this.words(TRUTH);
  }

  tell() {
    for (const listener of this.listeners) listener();
  }

  /**
   * The picture with another number at one place.
   * @param {number} place @param {number} number
   */
  with(place, number) {
    return this.pixels.map((old, k) => (k === place ? number : old));
  }

  /**
   * Show another picture.
   * @param {number[]} pixels
   */
  async show(pixels) {
    this.pixels = pixels;
    this.made.set(this.facts.pixels, pixels);
    await this.put([[this.facts.pixels, pixels], ...this.chosen(0)]);
  }

  /**
   * Show one of the samples: its number, 0 for the reader's own drawing.
   * @param {number} number
   */
  async choose(number) {
    await this.put(this.chosen(number));
  }

  /** @param {number} number @returns {Put[]} */
  chosen(number) {
    const name = this.values["draw.names"]?.[number];
    if (typeof name !== "string" || this.words(CHOSEN) === name) return [];
    this.made.set(CHOSEN, [name]);
    return [[CHOSEN, [name]]];
  }

  /** Another photo has another truth, which nobody has chosen yet. */
  forgetTruth() {
    const { nobody } = this.facts;
    if (this.truth !== "" && this.truth !== nobody) void this.chooseTruth(nobody);
  }

  /**
   * Choose the truth.
   * @param {string} name
   */
  async chooseTruth(name) {
    this.made.set(TRUTH, [name]);
    await this.put([[TRUTH, [name]]]);
  }

  /**
   * Give a parameter other numbers.
   * @param {string} name @param {number[]} numbers
   */
  async edit(name, numbers) {
    this.edited.set(name, numbers);
    await this.put([[name, numbers]]);
  }

  /** Take all edits back. */
  async restore() {
    const puts = [...this.edited.keys()].map((name) => /** @type {Put} */ ([name, this.weights.get(name) ?? []]));
    this.edited.clear();
    await this.put(puts);
  }

  /**
   * Put numbers into cells. What is put while the engine works waits, and only the last of it is calculated.
   * @param {Put[]} puts
   */
  async put(puts) {
    for (const [name, values] of puts) this.waiting.set(name, values);
    if (!this.started) return;
    if (!this.working) this.working = this.work().finally(() => (this.working = null));
    await this.working;
  }

  async work() {
    while (this.waiting.size > 0) {
      const puts = [...this.waiting];
      this.waiting = new Map();
      await this.ask("put", puts);
      await this.refresh();
      this.tell();
    }
  }
}
