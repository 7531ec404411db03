/** A pad to draw on, with finger, mouse or keys: strokes of ink for a network that sees handwriting, else squares of colour. */

import { WAYS, button, el, say } from "./dom.js";
import { BILINEAR, BOX, even, resized } from "./resample.js";

/** @typedef {import("./desk.js").Desk} Desk */

const SIDE = 280; // pixels of the pad
const PEN = 0.09; // of its side: how thick a stroke is

/** The pad. */
export class Pad {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.color = Math.min(1, desk.facts.colors.length - 1);
    this.at = [0, 0];
    const [, height, width] = desk.facts.shape;
    this.rows = height;
    this.columns = width;
    this.canvas = el("canvas", { class: "pad", width: SIDE, height: Math.round((SIDE * height) / width), tabindex: 0, role: "application",
      "aria-label": say(this.inks ? "pad_ink" : "pad_colors") });
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d", { willReadFrequently: true }));
    this.listen();
    this.element = el("div", { class: "input" }, 
      el("div", {}, this.canvas, el("p", {}, button(say("clear"), () => this.clear())), el("p", {}, this.samples())), this.palette());
    /** @type {number[]} what was drawn here, or nothing */
    this.own = [];
    desk.listeners.push(() => (!this.inks || desk.pixels !== this.own) && this.paintSquares());
  }

  /** Whether strokes are drawn, and not squares. */
  get inks() {
    return this.desk.facts.colors.length === 0;
  }

  blank() {
    this.context.fillStyle = "#000";
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  clear() {
    this.blank();
    this.own = Array(this.rows * this.columns).fill(0);
    void this.desk.show(this.own);
  }

  /** The samples of the template, one of which may take the place of the drawing. */
  samples() {
    const { samples } = this.desk.facts;
    if (samples.length === 0) return null;
    const select = el("select", { id: "sample", onchange: () => void this.desk.choose(select.selectedIndex) },
      el("option", {}, say("own")), ...samples.map((name, k) => el("option", {}, `${k + 1}: ${name}`)));
    this.desk.listeners.push(() => {
      const names = this.desk.values["draw.names"] ?? [];
      select.selectedIndex = Math.max(0, names.indexOf(this.desk.words("draw.choice")));
    });
    return el("span", {}, el("label", { for: "sample" }, say("sample")), " ", select);
  }

  palette() {
    const { colors } = this.desk.facts;
    if (colors.length === 0) return null;
    return el("fieldset", { class: "palette" }, el("legend", {}, say("color")), ...colors.map(([name, light], k) => {
      const swatch = el("span", { class: "swatch" });
      swatch.style.background = `rgb(${light.join(",")})`;
      return el("label", {}, el("input", { type: "radio", name: "color", checked: k === this.color, onchange: () => (this.color = k) }), swatch, name);
    }));
  }

  listen() {
    let last = /** @type {[number, number] | null} */ (null);
    const point = (/** @type {PointerEvent} */ event) => {
      const scale = this.canvas.width / this.canvas.clientWidth;
      return /** @type {[number, number]} */ ([event.offsetX * scale, event.offsetY * scale]);
    };
    this.canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      this.canvas.setPointerCapture(event.pointerId);
      last = point(event);
      if (this.inks && this.desk.pixels !== this.own) this.blank(); // what was there were squares, and no strokes
      this.stroke(last, last);
    });
    this.canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      if (!last) return;
      const next = point(event);
      this.stroke(last, next);
      last = next;
    });
    this.canvas.addEventListener("pointerup", () => {
      if (last && this.inks) this.see();
      last = null;
    });
    this.canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
  }

  /**
   * With keys a square is chosen and filled.
   * @param {KeyboardEvent} event
   */
  key(event) {
    const way = WAYS[event.key];
    const fill = event.key === " " || event.key === "Enter";
    if (!way && !fill) return;
    event.preventDefault();
    if (way) this.at = [Math.min(this.columns - 1, Math.max(0, this.at[0] + way[0])), Math.min(this.rows - 1, Math.max(0, this.at[1] + way[1]))];
    const k = this.at[1] * this.columns + this.at[0];
    if (fill) {
      const ink = this.inks ? this.desk.facts.levels : this.color;
      void this.desk.show(this.desk.with(k, this.desk.pixels[k] === ink ? 0 : ink));
    }
    this.paintSquares();
    const side = this.canvas.width / this.columns;
    this.context.strokeStyle = "#d55e00";
    this.context.lineWidth = 3;
    this.context.strokeRect(this.at[0] * side + 2, this.at[1] * side + 2, side - 4, side - 4);
  }

  /** @param {[number, number]} from @param {[number, number]} to */
  stroke(from, to) {
    if (!this.inks) {
      this.fill(from, to);
      return;
    }
    this.context.strokeStyle = "#fff";
    this.context.lineWidth = PEN * this.canvas.width;
    this.context.lineCap = "round";
    this.context.beginPath();
    this.context.moveTo(...from);
    this.context.lineTo(to[0] + 0.01, to[1]);
    this.context.stroke();
  }

  /**
   * Give all squares on a line the chosen colour.
   * @param {[number, number]} from @param {[number, number]} to
   */
  fill(from, to) {
    const side = this.canvas.width / this.columns;
    const steps = 1 + Math.ceil((2 * Math.hypot(to[0] - from[0], to[1] - from[1])) / side);
    const pixels = [...this.desk.pixels];
    for (let step = 0; step <= steps; step++) {
      const [column, row] = [0, 1].map((axis) => Math.floor((from[axis] + ((to[axis] - from[axis]) * step) / steps) / side));
      const inside = column >= 0 && row >= 0 && column < this.columns && row < this.rows;
      if (inside) pixels[row * this.columns + column] = this.color;
    }
    if (pixels.every((color, k) => color === this.desk.pixels[k])) return;
    void this.desk.show(pixels);
    this.paintSquares();
  }

  /** What is on the pad, as squares. */
  paintSquares() {
    const { facts, pixels } = this.desk;
    const side = this.canvas.width / this.columns;
    pixels.slice(0, this.rows * this.columns).forEach((value, k) => {
      const light = this.inks ? Array(3).fill(Math.round((255 * value) / facts.levels)) : facts.colors[value][1];
      this.context.fillStyle = `rgb(${light.join(",")})`;
      this.context.fillRect((k % this.columns) * side, Math.floor(k / this.columns) * side, side, side);
    });
  }

  /** Fit the strokes to the network, as photo/__init__.py does: they fill the height or the width, centred. */
  see() {
    const { width, height } = this.canvas;
    const { data } = this.context.getImageData(0, 0, width, height);
    const ink = Uint8Array.from({ length: width * height }, (_, k) => data[4 * k]);
    const lit = [...ink.keys()].filter((k) => ink[k] > 0);
    if (lit.length === 0) return;
    const columns = lit.map((k) => k % width);
    const left = columns.reduce((a, b) => Math.min(a, b));
    const right = columns.reduce((a, b) => Math.max(a, b)) + 1;
    const [top, bottom] = [Math.floor(lit[0] / width), Math.floor((lit.at(-1) ?? 0) / width) + 1];
    const across = Math.max(right - left, Math.round(((bottom - top) * this.columns) / this.rows));
    const down = Math.max(bottom - top, Math.round(((right - left) * this.rows) / this.columns));
    const [x, y] = [(across - (right - left)) >> 1, (down - (bottom - top)) >> 1];
    const fitted = new Uint8Array(across * down);
    for (let row = top; row < bottom; row++) {
      fitted.set(ink.subarray(row * width + left, row * width + right), (row - top + y) * across + x);
    }
    const smaller = across >= this.columns && down >= this.rows;
    const small = resized({ width: across, height: down, channels: 1, data: fitted }, this.columns, this.rows, [0, 0, across, down], smaller ? BOX : BILINEAR);
    const lights = Array.from(small.data);
    const most = Math.max(1, ...lights);
    this.own = lights.map((light) => even(even((light * 255) / most) * (this.desk.facts.levels / 255)));
    void this.desk.show(this.own);
  }
}
