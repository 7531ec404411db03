/**
 * The spreadsheet engine: formulon in WebAssembly, by its functions in C, which are called fm_*.
 * Sheets, rows and columns count from 0 here.
 */

/** @typedef {number | string | boolean | null | {error: string}} Value  null: a blank cell */

const BLANK = 0;
const NUMBER = 1;
const TRUTH = 2;
const TEXT = 3;
const ERROR = 4;
const ROOM = 64; // bytes for what a function tells: pointers, and a value of 16 bytes
const NOTHING_HERE = 8; // WASI's "bad file": the engine reads and writes no files

/** A workbook in the engine. */
export class Book {
  /** @param {any} exports @param {number} handle @param {number} room */
  constructor(exports, handle, room) {
    this.wasm = exports;
    this.handle = handle;
    this.room = room;
  }

  /**
   * Start the engine, and load a workbook.
   * @param {Uint8Array} engine @param {Uint8Array} workbook @returns {Promise<Book>}
   */
  static async load(engine, workbook) {
    /** @type {any} */
    let wasm = null;
    const memory = () => new DataView(wasm.memory.buffer);
    const none = () => NOTHING_HERE;
    const imports = {
      env: { emscripten_notify_memory_growth: () => undefined },
      wasi_snapshot_preview1: {
        clock_time_get: (/** @type {number} */ _clock, /** @type {bigint} */ _precision, /** @type {number} */ out) => {
          memory().setBigUint64(out, 0n, true); // nothing in a workbook of ours depends on the time
          return 0;
        },
        fd_write: none,
        fd_close: none,
        fd_seek: none,
        environ_sizes_get: (/** @type {number} */ count, /** @type {number} */ size) => {
          memory().setUint32(count, 0, true);
          memory().setUint32(size, 0, true);
          return 0;
        },
        environ_get: () => 0,
        random_get: (/** @type {number} */ at, /** @type {number} */ count) => {
          crypto.getRandomValues(new Uint8Array(wasm.memory.buffer, at, count));
          return 0;
        },
      },
    };
    const made = await WebAssembly.instantiate(engine, imports);
    wasm = made.instance.exports;
    wasm._initialize();
    const room = wasm.malloc(ROOM);
    const data = wasm.malloc(workbook.length);
    new Uint8Array(wasm.memory.buffer).set(workbook, data);
    const book = new Book(wasm, 0, room);
    book.check(wasm.fm_workbook_load(data, workbook.length, room));
    book.handle = memory().getUint32(room, true);
    wasm.free(data);
    return book;
  }

  /** @param {number} status */
  check(status) {
    if (status !== 0) throw new Error(this.text(this.wasm.fm_last_error_message()) || `the engine failed (${status})`);
  }

  /**
   * The text at a place in memory, up to its zero byte.
   * @param {number} at @returns {string}
   */
  text(at) {
    if (at === 0) return "";
    const bytes = new Uint8Array(this.wasm.memory.buffer);
    return new TextDecoder().decode(bytes.slice(at, bytes.indexOf(0, at)));
  }

  /** @param {number} sheet @param {number} row @param {number} column @param {number | string} value */
  set(sheet, row, column, value) {
    const { wasm, handle } = this;
    if (typeof value === "number") {
      this.check(wasm.fm_workbook_set_number(handle, sheet, row, column, value));
      return;
    }
    const bytes = new TextEncoder().encode(`${value}\0`);
    const at = wasm.malloc(bytes.length);
    new Uint8Array(wasm.memory.buffer).set(bytes, at);
    this.check(wasm.fm_workbook_set_text(handle, sheet, row, column, at));
    wasm.free(at);
  }

  /** Calculate what depends on what was set. */
  calculate() {
    this.check(this.wasm.fm_workbook_recalc(this.handle));
  }

  /** @param {number} sheet @param {number} row @param {number} column @returns {Value} */
  get(sheet, row, column) {
    this.check(this.wasm.fm_workbook_get_value(this.handle, sheet, row, column, this.room));
    return this.value(this.room);
  }

  /**
   * A value in memory.
   * @param {number} at @returns {Value}
   */
  value(at) {
    const memory = new DataView(this.wasm.memory.buffer);
    const kind = memory.getInt32(at, true);
    if (kind === NUMBER) return memory.getFloat64(at + 8, true);
    if (kind === TEXT) return this.text(memory.getUint32(at + 8, true));
    if (kind === TRUTH) return memory.getInt32(at + 8, true) !== 0;
    if (kind === BLANK) return null;
    if (kind === ERROR) return { error: this.text(this.wasm.fm_error_display_name(memory.getInt32(at + 8, true))) };
    return { error: "#VALUE!" };
  }

  /**
   * The formula of a cell without "=", or "".
   * @param {number} sheet @param {number} row @param {number} column
   */
  formula(sheet, row, column) {
    this.check(this.wasm.fm_workbook_get_formula(this.handle, sheet, row, column, this.room));
    return this.text(new DataView(this.wasm.memory.buffer).getUint32(this.room, true)).replace(/^=/, "");
  }
}
