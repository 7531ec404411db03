/** The network as live maps: a card for each layer, its filters and what it gives, as small squares. */

import { cellOf, address } from "./cells.js";
import { el, say, shown } from "./dom.js";
import { at, beside, colorOf, draw, frame, indexOf } from "./maps.js";

/** @typedef {import("./desk.js").Desk} Desk @typedef {import("./desk.js").Layer} Layer */
/** @typedef {{name: string, number: number}} Place */

/** The cards. `onplace` is called with the number that the reader chose, and whether by keys. */
export class Network {
  /** @param {Desk} desk @param {(place: Place, keys: boolean) => void} onplace */
  constructor(desk, onplace) {
    this.desk = desk;
    this.onplace = onplace;
    /** @type {{canvas: HTMLCanvasElement, fault: HTMLElement, name: string, layer: Layer, number: number}[]} */
    this.maps = [];
    /** @type {Place | null} */
    this.place = null;
    /** @type {Place | null} */
    this.pointed = null;
    this.told = el("p", { class: "pointed", "aria-live": "polite" }, say("point"));
    const cards = desk.facts.layers.filter((layer) => layer.out in desk.facts.tensors).map((layer) => this.card(layer));
    this.element = el("section", { class: "network", "aria-labelledby": "network" },
      el("h2", { id: "network" }, say("network")), this.told, el("ol", { class: "layers" }, ...cards));
    desk.listeners.push(() => this.draw());
  }

  /** @param {Layer} layer */
  card(layer) {
    const weights = layer.params.filter(([name]) => name in this.desk.facts.tensors).map(([name, label]) => this.figure(layer, name, label));
    const answers = layer.out === this.desk.facts.line_up ? el("span", { class: "note" }, say("answers")) : null;
    return el("li", { class: "layer" }, el("h3", {}, layer.title), ...weights, this.figure(layer, layer.out, say("gives_map")), answers);
  }

  /** @param {Layer} layer @param {string} name @param {string} label */
  figure(layer, name, label) {
    const { shape } = this.desk.facts.tensors[name];
    const size = shape.join(" × ") || "1";
    const what = `${label} ${size}`;
    const keys = say("keys");
    const canvas = el("canvas", { tabindex: 0, role: "application", "aria-label": say("map", { title: layer.title, what, keys }) });
    const fault = el("div", { class: "doubt", hidden: true });
    const map = { canvas, fault, name, layer, number: 0 };
    this.maps.push(map);
    const over = (/** @type {PointerEvent} */ event) => {
      const scale = canvas.width / canvas.clientWidth;
      return at(shape, event.offsetX * scale, event.offsetY * scale);
    };
    canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.tellOf(map, over(event)));
    canvas.addEventListener("pointerleave", () => {
      this.pointed = null;
      this.told.textContent = say("point");
    });
    canvas.addEventListener("click", (/** @type {PointerEvent} */ event) => this.choose(map, over(event)));
    canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" || event.key === " ") this.choose(map, map.number, true);
      else if (event.key.startsWith("Arrow")) this.walk(map, beside(shape, map.number, event.key));
      else return;
      event.preventDefault();
    });
    canvas.addEventListener("focus", () => this.tellOf(map, map.number));
    return el("figure", {}, canvas, el("figcaption", {}, what, fault));
  }

  /** @param {typeof this.maps[0]} map @param {number} number */
  walk(map, number) {
    map.number = number;
    this.drawMap(map);
    frame(map.canvas, this.desk.facts.tensors[map.name].shape, number);
    this.tellOf(map, number);
  }

  /**
   * Say where a number stands and what it is.
   * @param {typeof this.maps[0]} map @param {number} number
   */
  tellOf(map, number) {
    if (number < 0) return;
    this.pointed = { name: map.name, number };
    this.told.textContent = this.named(map.name, number);
  }

  /**
   * A number with its cell: Conv1!R11 (1, 1, 1) = 0.07.
   * @param {string} name @param {number} number
   */
  named(name, number) {
    const lying = this.desk.facts.tensors[name];
    const cell = cellOf(lying, number);
    const index = indexOf(lying.shape, number).join(", ");
    const where = `${this.desk.facts.sheets[cell.sheet]}!${address(cell.row, cell.column)}`;
    return `${where}${index ? ` (${index})` : ""} = ${shown(this.desk.at(name, number))}`;
  }

  /** @param {typeof this.maps[0]} map @param {number} number @param {boolean} [keys] */
  choose(map, number, keys = false) {
    if (number < 0) return;
    map.number = number;
    this.place = { name: map.name, number };
    this.draw();
    this.onplace(this.place, keys);
  }

  draw() {
    for (const map of this.maps) this.drawMap(map);
    if (this.pointed) this.told.textContent = this.named(this.pointed.name, this.pointed.number);
  }

  /** @param {typeof this.maps[0]} map */
  drawMap({ canvas, fault, name, layer }) {
    const { shape } = this.desk.facts.tensors[name];
    const numbers = this.desk.numbers(name);
    const count = this.desk.faults(name);
    const color = coloring(this.desk, layer, name, numbers);
    draw(canvas, shape, (k) => (count > 0 && typeof this.desk.at(name, k) !== "number" ? null : color(k)));
    fault.hidden = count === 0;
    fault.textContent = count > 0 ? say("hatched", { count, error: this.desk.fault(name) }) : "";
    if (this.place?.name === name) frame(canvas, shape, this.place.number);
  }
}

/**
 * The colour of each number of a tensor.
 * @param {Desk} desk @param {Layer} layer @param {string} name @param {number[]} numbers
 */
export function coloring(desk, layer, name, numbers) {
  const { levels, shape, scale } = desk.facts;
  if (name === "photo.out") {
    const count = shape[1] * shape[2];
    return (/** @type {number} */ k) => {
      const light = Math.round((numbers[k] / levels) * 255);
      return shape[0] === 3 ? [0, 1, 2].map((c) => (c === Math.floor(k / count) ? light : 0)) : [light, light, light];
    };
  }
  const signed = layer.signed || name !== layer.out;
  const most = name === desk.facts.line_up ? 1 : numbers.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  return (/** @type {number} */ k) => colorOf(numbers[k], most, signed, scale);
}
