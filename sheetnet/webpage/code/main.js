/** The page: it starts the engine on a thread of its own, lays out its parts, and writes the workbook. */

import { Desk } from "./desk.js";
import { button, el, say, speak } from "./dom.js";
import { Input } from "./input.js";
import { Near } from "./near.js";
import { Network } from "./network.js";
import { Pad } from "./pad.js";
import { pictures, squares } from "./pictures.js";
import { verdict } from "./verdict.js";

const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PAUSE = 1500; // ms: the first calculation takes longest, so it is done while the reader looks for a photo
const WAYS = /** @type {[string, number, number][]} */ ([["left", -1, 0], ["up", 0, -1], ["down", 0, 1], ["right", 1, 0]]);

/** @param {string} name */
const dataOf = (name) => document.getElementById(name)?.textContent ?? "";

/**
 * A thread that answers questions, one after the other. What it is given is gone here.
 * @param {string} code
 */
function thread(code) {
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  /** @type {Map<number, [(answer: any) => void, (error: Error) => void]>} */
  const asked = new Map();
  let count = 0;
  worker.onmessage = ({ data: [number, well, answer] }) => {
    const [resolve, reject] = asked.get(number) ?? [() => undefined, () => undefined];
    asked.delete(number);
    if (well) resolve(answer);
    else reject(new Error(answer));
  };
  return (/** @type {string} */ what, /** @type {unknown} */ about, /** @type {Transferable[]} */ given = []) =>
    new Promise((/** @type {(answer: any) => void} */ resolve, reject) => {
      asked.set(++count, [resolve, reject]);
      worker.postMessage([count, what, about], given);
    });
}

/**
 * The picture moved by a pixel; what comes in is blank.
 * @param {Desk} desk @param {number} right @param {number} down
 */
function moved(desk, right, down) {
  const [channels, height, width] = desk.facts.shape;
  const blank = desk.facts.pixels === "photo.out" && !desk.facts.ink ? desk.facts.levels : 0;
  const planes = desk.pixels.length / (height * width);
  if (planes !== 1 && planes !== channels) return desk.pixels;
  return desk.pixels.map((_, k) => {
    const [plane, y, x] = [Math.floor(k / (height * width)), (Math.floor(k / width) % height) - down, (k % width) - right];
    return x < 0 || y < 0 || x >= width || y >= height ? blank : desk.pixels[(plane * height + y) * width + x];
  });
}

/**
 * Hand a file to the reader.
 * @param {Uint8Array} bytes @param {string} name
 */
function hand(bytes, name) {
  const link = el("a", { href: URL.createObjectURL(new Blob([bytes], { type: WORKBOOK })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Stay on the page where a file is dropped on it: the browser would open the file instead, and the drawing be lost.
 * @param {() => void} dropped
 */
function stay(dropped) {
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    dropped();
  });
}

async function begin() {
  /** @type {import("./desk.js").Facts} */
  const facts = JSON.parse(dataOf("facts"));
  speak(facts.words);
  const ask = thread(dataOf("worker"));
  const desk = new Desk(facts, ask);
  const told = el("p", { class: "told", role: "status", "aria-live": "polite" }, say("starting"));
  const tell = (/** @type {string} */ text) => (told.textContent = text);
  const pad = facts.pixels === "photo.out" ? null : new Pad(desk);
  const input = pad ? null : new Input(desk, tell);
  const near = new Near(desk);
  const network = new Network(desk, (place, keys) => void near.open(place, keys));
  const seen = el("canvas", { class: "seen", role: "img", "aria-label": say("seen") });
  desk.listeners.push(() => squares(seen, desk));
  const save = button(say("save"), () => void write(), { class: "save" });
  const restore = button(say("restore"), () => void desk.restore(), { hidden: true });
  desk.listeners.push(() => (restore.hidden = desk.edited.size === 0));
  const name = () => (input?.name || facts.name).replace(/[^\p{L}\p{N} _-]/gu, "").trim().slice(0, 60) || "sheetnet";
  const write = async () => {
    save.disabled = true;
    tell(say("writing"));
    try {
      await input?.seeing; // what is in the frame is the picture that is written
      const asked = { made: [...desk.made], edited: [...desk.edited], pictures: await pictures(desk, input) };
      const bytes = await ask("save", asked);
      hand(bytes, `${name()}.xlsx`);
      tell(say("written", { name: `${name()}.xlsx`, size: Math.round(bytes.length / 1000) }));
    } finally {
      save.disabled = false;
    }
  };
  const ways = WAYS.map(([way, right, down]) => button(say(way), () => void desk.show(moved(desk, right, down)), { "aria-label": say(`move_${way}`) }));
  const controls = [save, restore];
  for (const one of controls) one.disabled = true;
  const picture = el("section", { class: "picture", "aria-labelledby": "picture" }, el("h2", { id: "picture" }, say(pad ? "draw" : "picture")),
    (pad ?? input)?.element,
    el("div", {}, el("figure", {}, seen, el("figcaption", {}, say("seen"))), el("p", { class: "ways", role: "group", "aria-label": say("move") }, ...ways)));
  const notices = el("details", { class: "notices" }, el("summary", {}, say("notices")), el("p", {}, say("about")), el("pre", {}, dataOf("notices")));
  document.getElementById("page")?.replaceChildren(
    el("header", {}, el("h1", {}, facts.title), el("p", {}, facts.lead), told),
    el("main", {}, el("div", { class: "top" }, picture, el("div", {}, verdict(desk), el("p", { class: "take" }, save, " ", restore), el("p", { class: "note" }, say("save_about")))), network.element, near.element),
    el("footer", {}, notices));
  window.addEventListener("error", (event) => tell(say("failed", { why: event.message })));
  window.addEventListener("unhandledrejection", (event) => tell(say("failed", { why: String(event.reason?.message ?? event.reason) })));
  if (pad) stay(() => tell(say("no_photo")));
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  await ready();
  const lying = { ...facts.tensors, ...facts.cells };
  await ask("open", { workbook: dataOf("workbook"), sheets: facts.sheets, record: facts.record, lying });
  await desk.begin(() => ask("start", dataOf("engine")));
  for (const one of controls) one.disabled = false;
  tell(say("ready"));
  document.documentElement.dataset.ready = "true";
  setTimeout(() => void (desk.made.size === 0 && ask("put", [])), PAUSE);
}

/** When all of the file has been read. */
const ready = () =>
  new Promise((resolve) => (document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", resolve) : resolve(null)));

void begin();
