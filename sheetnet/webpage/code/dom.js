/** Elements of the page. Texts are put in as text, never as markup, whatever they hold. */

/** @typedef {string | Node | null | undefined} Child */
/** @typedef {Record<string, string | boolean | number | ((event: any) => void)>} Attributes */

/**
 * Columns and rows that an arrow key goes.
 * @type {Record<string, [number, number]>}
 */
export const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const DISGUISES = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu; // they turn the direction of writing, or end the line

/** @type {Record<string, string>} */
let texts = {};

/**
 * Set the words of the page.
 * @param {Record<string, string>} words
 */
export function speak(words) {
  texts = words;
}

/**
 * A text of the page, its placeholders filled.
 * @param {string} key @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  const text = texts[key];
  if (text === undefined) throw new Error(`no words for ${key}`);
  return text.replace(/\{([a-z]+)\}/g, (_, name) => String(values[name]).replace(DISGUISES, "?"));
}

/**
 * A new element; what begins with "on" is listened to.
 * @param {string} tag @param {Attributes} [attributes] @param {Child[]} children @returns {any}
 */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") made.toggleAttribute(name, value);
    else made.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) made.append(child);
  return made;
}

/**
 * A button.
 * @param {string} text @param {() => void} onclick @param {Attributes} [attributes] @returns {HTMLButtonElement}
 */
export const button = (text, onclick, attributes = {}) => el("button", { type: "button", onclick, ...attributes }, text);

/**
 * A number as people read it, with the true minus; an error by its name, what follows from one as a dash.
 * @param {number | {error: string}} value @param {number} [digits]
 */
export function shown(value, digits = 4) {
  if (typeof value !== "number") return value.error;
  if (!Number.isFinite(value)) return "–";
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(digits)));
  return text.replace("-", "−");
}
