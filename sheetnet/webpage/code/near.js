/** One number from near: the formula of its cell, the windows that it reads, their products, and the sum. */

import { address, cellOf, references } from "./cells.js";
import { button, el, say, shown } from "./dom.js";
import { colorOf } from "./maps.js";

/** @typedef {import("./desk.js").Desk} Desk @typedef {import("./desk.js").Value} Value @typedef {import("./network.js").Place} Place @typedef {import("./cells.js").Area} Area */

const MOST_NUMBERS = 81; // of a window that is shown with its digits; of a larger one the largest products are told
const MOST_TOLD = 8;
const MOST_WINDOWS = 24;

/** The panel. */
export class Near {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    /** @type {Place | null} */
    this.place = null;
    /** @type {HTMLElement | null} where the reader came from by keys */
    this.from = null;
    this.body = el("div", { class: "body" });
    this.element = el("section", { class: "near", "aria-labelledby": "near", tabindex: -1, hidden: true },
      el("header", {}, el("h2", { id: "near" }, say("near")), button(say("close"), () => this.close())), this.body);
    this.element.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.close());
    desk.listeners.push(() => void this.draw());
  }

  close() {
    this.place = null;
    this.element.hidden = true;
    this.from?.focus();
    this.from = null;
  }

  /**
   * Show a number. Who came by keys goes on here, and goes back when the panel is closed.
   * @param {Place} place @param {boolean} keys
   */
  async open(place, keys) {
    this.place = place;
    this.element.hidden = false;
    this.from = keys ? /** @type {HTMLElement} */ (document.activeElement) : null;
    await this.draw();
    if (keys) this.element.focus({ preventScroll: true });
  }

  /** What can be typed into or pressed in the body of the panel. */
  get controls() {
    return /** @type {HTMLElement[]} */ ([...this.body.querySelectorAll("input, button")]);
  }

  async draw() {
    const place = this.place;
    if (!place || !this.desk.started) return;
    const { facts } = this.desk;
    const lying = facts.tensors[place.name];
    const cell = cellOf(lying, place.number);
    const area = { ...cell, rows: 1, columns: 1 };
    const first = await this.desk.ask("near", { cell: area, areas: [] });
    const areas = references(first.formula, cell.sheet, facts.sheets).filter((one) => one.sheet >= 0);
    const { formula, values } = await this.desk.ask("near", { cell: area, areas });
    if (this.place !== place) return;
    const value = this.desk.at(place.name, place.number);
    const where = `${facts.sheets[cell.sheet]}!${address(cell.row, cell.column)}`;
    const held = this.controls.findIndex((one) => one === document.activeElement);
    this.body.replaceChildren(
      el("p", { class: "formula" }, el("strong", {}, where), formula ? ` = ${formula}` : ` = ${shown(value)}`),
      ...(formula ? this.told(formula, areas, values, value) : [this.editor(place, value)]),
    );
    this.controls[held]?.focus({ preventScroll: true });
  }

  /**
   * The windows of a formula.
   * @param {string} formula @param {Area[]} areas @param {Value[][]} values @param {number | {error: string}} value
   */
  told(formula, areas, values, value) {
    const products = [...formula.matchAll(/SUMPRODUCT\(/g)].length;
    const numbers = values.map((window) => window.map((one) => (typeof one === "number" ? one : typeof one === "object" && one !== null ? NaN : 0)));
    const made = [];
    let sum = 0;
    for (let k = 0; k < products && 2 * k + 1 < areas.length; k++) {
      const [x, weight] = [numbers[2 * k], numbers[2 * k + 1]];
      const product = x.map((one, j) => one * (weight[j] ?? 0));
      const total = product.reduce((all, one) => all + one, 0);
      sum += total;
      if (k < MOST_WINDOWS) made.push(this.row(areas[2 * k], [x, weight, product], total));
    }
    const rest = numbers.slice(2 * products).flat();
    const whole = products > 0 && rest.length <= 1;
    for (let k = 2 * products; k < areas.length && !whole; k++) made.push(this.window(areas[k], numbers[k], this.name(areas[k])));
    const ending = whole
      ? say("sum", { products: shown(sum), bias: shown(rest[0] ?? 0), value: shown(value) })
      : say("gives", { value: shown(value) });
    return [el("div", { class: "windows" }, ...made), el("p", { class: "sum" }, ending)];
  }

  /** @param {Area} area */
  name(area) {
    const last = area.rows * area.columns > 1 ? `:${address(area.row + area.rows - 1, area.column + area.columns - 1)}` : "";
    return `${this.desk.facts.sheets[area.sheet]}!${address(area.row, area.column)}${last}`;
  }

  /**
   * A window, its weights, and their products.
   * @param {Area} area @param {number[][]} three @param {number} total
   */
  row(area, three, total) {
    const [x, weight, product] = three;
    if (x.length > MOST_NUMBERS) return this.largest(area, three, total);
    return el("div", { class: "product" }, this.window(area, x, this.name(area)), el("span", {}, "×"), this.window(area, weight, say("filter")),
      el("span", {}, "="), this.window(area, product, say("products")), el("span", {}, say("total", { total: shown(total) })));
  }

  /**
   * Of many products the largest.
   * @param {Area} area @param {number[][]} three @param {number} total
   */
  largest(area, [x, weight, product], total) {
    const order = product.map((_, k) => k).sort((a, b) => Math.abs(product[b]) - Math.abs(product[a]));
    const lines = order.slice(0, MOST_TOLD).map((k) =>
      el("li", {}, `${address(area.row + Math.floor(k / area.columns), area.column + (k % area.columns))}: ${shown(x[k])} × ${shown(weight[k])} = ${shown(product[k])}`));
    return el("div", {}, el("p", {}, say("largest", { count: x.length, most: lines.length, area: this.name(area) })),
      el("ol", {}, ...lines), el("p", {}, say("total", { total: shown(total) })));
  }

  /**
   * Numbers as a table, each in its colour.
   * @param {Area} area @param {number[]} numbers @param {string} caption
   */
  window(area, numbers, caption) {
    const most = numbers.reduce((top, one) => (Number.isFinite(one) ? Math.max(top, Math.abs(one)) : top), 0);
    const rows = Array.from({ length: area.rows }, (_, y) =>
      el("tr", {}, ...numbers.slice(y * area.columns, (y + 1) * area.columns).map((one) => {
        if (!Number.isFinite(one)) return el("td", { class: "hatched" }, el("span", {}, shown(one)));
        const cell = el("td", {}, shown(one, 3));
        cell.style.background = `rgb(${colorOf(one, most, true, this.desk.facts.scale).join(",")})`;
        return cell;
      })));
    return el("table", {}, el("caption", {}, caption), el("tbody", {}, ...rows));
  }

  /**
   * What the reader may change: a pixel, a weight, a filter.
   * @param {Place} place @param {number | {error: string}} value
   */
  editor(place, value) {
    const { facts } = this.desk;
    const pixel = place.name === "photo.out";
    if (pixel && facts.pixels !== "photo.out") return el("p", {}, say("pad_only"));
    /** @type {Record<string, string | number>} */
    const most = pixel ? { min: 0, max: facts.levels, step: 1 } : { step: "any" };
    const input = el("input", { type: "number", id: "value", value: typeof value === "number" ? value : "", ...most });
    const hint = el("p", { class: "hint", role: "status" });
    const change = () => {
      const number = Number(input.value);
      const fits = input.value !== "" && input.checkValidity() && Number.isFinite(number);
      hint.textContent = fits ? "" : say(pixel ? "bad_pixel" : "bad_weight", { levels: facts.levels });
      if (!fits) return;
      void (pixel ? this.desk.show(this.desk.with(place.number, number)) : this.edit(place.name, (k, old) => (k === place.number ? number : old)));
    };
    input.addEventListener("change", change);
    const weight = facts.tensors[place.name];
    const filters = !pixel && weight.shape.length === 4 ? weight.shape[0] : 0;
    const each = filters ? this.desk.numbers(place.name).length / filters : 1;
    const filter = Math.floor(place.number / each);
    return el("div", { class: "editor" },
      el("label", { for: "value" }, say(pixel ? "edit_pixel" : "edit_weight", { levels: facts.levels })), input, button(say("set"), change),
      filters ? button(say("blank", { number: filter + 1 }), () => void this.blank(place.name, filter, each)) : null, hint);
  }

  /**
   * A filter without weights and bias gives a map of zeros.
   * @param {string} name @param {number} filter @param {number} each
   */
  async blank(name, filter, each) {
    const bias = name.replace(/weight$/, "bias");
    await this.edit(name, (k, old) => (Math.floor(k / each) === filter ? 0 : old));
    if (bias !== name && bias in this.desk.facts.tensors) await this.edit(bias, (k, old) => (k === filter ? 0 : old));
  }

  /** @param {string} name @param {(k: number, old: number) => number} change */
  edit(name, change) {
    return this.desk.edit(name, this.desk.numbers(name).map((old, k) => change(k, old)));
  }
}
