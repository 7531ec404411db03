/**
 * The workbook in the page -> the workbook of another picture: each formula gets the value that the engine has for it,
 * each cell that was set its new number, charts their points, the record the fingerprints of what is the reader's own.
 */

import { address, cellOf, columnNumber, references } from "./cells.js";
import { crc32, read, replaced, unzipped, zipped } from "./zip.js";

/**
 * @typedef {import("./zip.js").Part} Part
 * @typedef {import("./engine.js").Value} Value
 * @typedef {import("./cells.js").Area} Area
 * @typedef {import("./cells.js").Lying} Lying
 * @typedef {(sheet: number, row: number, column: number) => Value} Get  rows and columns from 1
 * @typedef {Map<number, Map<string, number | string>>} Given  sheet -> address -> what was put there
 */

const FORMULA = /<c r="([A-Z]+)([0-9]+)"( s="[0-9]+")?(?: t="[a-z]+")?>(<f>[^<]*<\/f>)<v>[^<]*<\/v><\/c>/g;
const CONSTANT = /<c r="([A-Z]+[0-9]+)"( s="[0-9]+")?(?: t="[a-zA-Z]+")?(?:\/>|>(?:<v>[^<]*<\/v>|<is><t[^>]*>[^<]*<\/t><\/is>)<\/c>)/g;
const CACHE = /<(num|str)Ref><f>([^<]*)<\/f><\1Cache>([\s\S]*?)<\/\1Cache><\/\1Ref>/g;
const SCALE = /<conditionalFormatting sqref="([^"]*)">(?:(?!<\/conditionalFormatting>)[\s\S])*?<colorScale>[\s\S]*?<\/conditionalFormatting>/g;
const SHEET = /^xl\/worksheets\/sheet([0-9]+)\.xml$/;
const TINY = 1e-300; // smaller numbers are written as 0, see workbook/text.py

/**
 * A number with 15 digits, as many as every spreadsheet keeps.
 * @param {number} value @returns {string}
 */
const fifteen = (value) => (Math.abs(value) < TINY ? "0" : String(Number(value.toPrecision(15))));

/** @param {string} text @returns {string} */
export function escaped(text) {
  const coded = text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_").replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd");
  return coded.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** @param {string} text @returns {string} */
function unescaped(text) {
  const plain = text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#x27;", "'");
  return plain.replaceAll("&apos;", "'").replaceAll("&amp;", "&");
}

/**
 * The end of a formula's cell, from its type on.
 * @param {string} formula @param {Value} value @returns {string}
 */
function ending(formula, value) {
  if (typeof value === "number") return `>${formula}<v>${fifteen(value)}</v></c>`;
  if (typeof value === "string") return ` t="str">${formula}<v>${escaped(value)}</v></c>`;
  if (typeof value === "boolean") return ` t="b">${formula}<v>${Number(value)}</v></c>`;
  return value === null ? `>${formula}<v>0</v></c>` : ` t="e">${formula}<v>${escaped(value.error)}</v></c>`;
}

const STORED = /<c r="([A-Z]+[0-9]+)"(?: s="[0-9]+")?(?: t="([a-zA-Z]+)")?>(?:<f>[^<]*<\/f>)?(?:<v>([^<]*)<\/v>|<is><t[^>]*>([^<]*)<\/t><\/is>)<\/c>/g;

/**
 * The values that stand in the file, for as long as no engine runs.
 * @param {Uint8Array} archive @returns {Promise<Get>}
 */
export async function storedIn(archive) {
  /** @type {Map<string, Value>} */
  const found = new Map();
  for (const part of unzipped(archive)) {
    const sheet = Number(SHEET.exec(part.name)?.[1] ?? 0) - 1;
    if (sheet < 0) continue;
    for (const [, at, kind, value, text] of new TextDecoder().decode(await read(part)).matchAll(STORED)) {
      const number = kind === undefined ? Number(value) : null;
      found.set(`${sheet} ${at}`, number ?? unescaped(text ?? value));
    }
  }
  return (sheet, row, column) => found.get(`${sheet} ${address(row, column)}`) ?? null;
}

/**
 * The XML of a sheet with the values of now.
 * @param {string} xml @param {number} sheet @param {Get} get @param {Map<string, number | string> | undefined} given
 */
export function sheetWith(xml, sheet, get, given) {
  const computed = xml.replace(FORMULA, (_, letters, row, style, formula) => {
    const value = get(sheet, Number(row), columnNumber(letters));
    return `<c r="${letters}${row}"${style ?? ""}${ending(formula, value)}`;
  });
  if (!given) return computed;
  return computed.replace(CONSTANT, (whole, at, style) => {
    const value = given.get(at);
    if (value === undefined) return whole;
    const start = `<c r="${at}"${style ?? ""}`;
    if (typeof value === "number") return `${start}><v>${value}</v></c>`;
    const keep = value === value.trim() ? "" : ' xml:space="preserve"'; // else the spaces at its ends are lost
    return `${start} t="inlineStr"><is><t${keep}>${escaped(value)}</t></is></c>`;
  });
}

/**
 * All values of an area, row by row.
 * @param {Area} area @param {Get} get @returns {Value[]}
 */
export function valuesOf(area, get) {
  return Array.from({ length: area.rows * area.columns }, (_, k) =>
    get(area.sheet, area.row + Math.floor(k / area.columns), area.column + (k % area.columns)),
  );
}

/**
 * A chart with the points of now.
 * @param {string} xml @param {string[]} sheets @param {Get} get
 */
export function chartWith(xml, sheets, get) {
  return xml.replace(CACHE, (whole, kind, formula, cache) => {
    const areas = references(unescaped(formula), -1, sheets);
    if (areas.length !== 1 || areas[0].sheet < 0) return whole;
    const points = valuesOf(areas[0], get).map((value, k) => {
      const text = typeof value === "number" ? fifteen(value) : typeof value === "string" ? escaped(value) : null;
      return text === null ? "" : `<pt idx="${k}"><v>${text}</v></pt>`;
    });
    const head = cache.replace(/<pt [\s\S]*<\/pt>/, "");
    return `<${kind}Ref><f>${formula}</f><${kind}Cache>${head}${points.join("")}</${kind}Cache></${kind}Ref>`;
  });
}

/**
 * The colours of signed numbers: as strong as the largest number of now, with three digits, as lesson/frame/looks.py has it.
 * @param {string} xml @param {number} sheet @param {Get} get
 */
export function scalesWith(xml, sheet, get) {
  return xml.replace(SCALE, (whole, ranges) => {
    const stops = [...whole.matchAll(/<cfvo type="num" val="([^"]*)"/g)].map((match) => Number(match[1]));
    if (stops.length !== 3 || stops[1] !== 0 || stops[0] !== -stops[2]) return whole;
    let most = 0;
    for (const area of references(ranges, sheet, [])) {
      for (const value of valuesOf(area, get)) if (typeof value === "number") most = Math.max(most, Math.abs(value));
    }
    const text = String(Number(most.toPrecision(3)) || 1);
    const ends = [`-${text}`, "0", text];
    let number = 0;
    return whole.replace(/(<cfvo type="num" val=")[^"]*"/g, (_, start) => `${start}${ends[number++]}"`);
  });
}

/**
 * The 16 bits of a cell's fingerprint, see fingerprints.py.
 * @param {number | string} value @returns {number}
 */
function print(value) {
  const text = typeof value === "number" ? String(Number(value.toPrecision(15))) : value.trim();
  return crc32(new TextEncoder().encode(text)) & 0xffff;
}

/**
 * The record with the fingerprints of what is new. They are as long as the old ones, so each takes the place of one.
 * @param {string} xml @param {Map<string, (number | string)[]>} own  full name -> its first elements
 */
export function recordWith(xml, own) {
  const pieces = [...xml.matchAll(/<t[^>]*>([^<]*)<\/t>/g)].map((match) => match[1]);
  let whole = pieces.join("");
  const prints = whole.indexOf("&quot;prints&quot;:{");
  for (const [full, values] of own) {
    const key = `&quot;${escaped(full)}&quot;:&quot;`;
    const start = whole.indexOf(key, prints) + key.length;
    if (prints < 0 || start < key.length) throw new Error(`the record of this workbook has no fingerprint of ${full}`);
    const end = whole.indexOf("&quot;", start);
    const bytes = Uint8Array.from(atob(whole.slice(start, end)), (letter) => letter.charCodeAt(0));
    values.forEach((value, k) => new DataView(bytes.buffer).setUint16(2 * k, print(value), true));
    whole = whole.slice(0, start) + btoa(String.fromCharCode(...bytes)) + whole.slice(end);
  }
  let at = 0;
  return xml.replace(/(<t[^>]*>)([^<]*)(<\/t>)/g, (_, head, text, tail) => {
    at += text.length;
    return head + whole.slice(at - text.length, at) + tail;
  });
}

/**
 * What was put into the cells of tensors, by sheet and address.
 * @param {Map<string, (number | string)[]>} own @param {Record<string, Lying>} lying
 */
export function givenBy(own, lying) {
  /** @type {Given} */
  const given = new Map();
  for (const [full, values] of own) {
    values.forEach((value, k) => {
      const cell = cellOf(lying[full], k);
      const there = given.get(cell.sheet) ?? new Map();
      given.set(cell.sheet, there.set(address(cell.row, cell.column), value));
    });
  }
  return given;
}

/**
 * The workbook of now.
 * @param {Uint8Array} archive
 * @param {{sheets: string[], record: number, lying: Record<string, Lying>}} facts
 * @param {Get} get
 * @param {Map<string, (number | string)[]>} made  the picture and the choices: they are this workbook's own
 * @param {Map<string, (number | string)[]>} edited  what the reader has changed besides: an edit, as in any workbook
 * @param {Map<string, Uint8Array>} pictures  by the names of their parts
 */
export async function workbookWith(archive, facts, get, made, edited, pictures) {
  const given = givenBy(new Map([...made, ...edited]), facts.lying);
  const parts = await Promise.all(
    unzipped(archive).map(async (part) => {
      const picture = pictures.get(part.name);
      if (picture) return replaced(part, picture);
      const sheet = Number(SHEET.exec(part.name)?.[1] ?? 0) - 1;
      if (sheet < 0 && !part.name.startsWith("xl/charts/chart")) return part;
      const xml = new TextDecoder().decode(await read(part));
      return replaced(part, new TextEncoder().encode(changed(xml, sheet, facts, get, made, given)));
    }),
  );
  return zipped(parts);
}

/**
 * A part of the workbook with what is new in it. `sheet`: its number, or -1 for a chart.
 * @param {string} xml @param {number} sheet @param {{sheets: string[], record: number}} facts @param {Get} get
 * @param {Map<string, (number | string)[]>} made @param {Given} given
 */
function changed(xml, sheet, facts, get, made, given) {
  if (sheet < 0) return chartWith(xml, facts.sheets, get);
  if (sheet === facts.record) return recordWith(xml, made);
  return scalesWith(sheetWith(xml, sheet, get, given.get(sheet)), sheet, get);
}

