/** What the network says, as the workbook puts it, and the probability of each class. */

import { el, say } from "./dom.js";

/** @typedef {import("./desk.js").Desk} Desk */

/**
 * The section with the verdict; it follows the desk.
 * @param {Desk} desk @returns {HTMLElement}
 */
export function verdict(desk) {
  const { facts } = desk;
  const said = el("p", { class: "said", role: "status" });
  const doubt = el("p", { class: "doubt" });
  const loss = el("p", { class: "loss" });
  const bars = facts.classes.map((name) => ({ label: el("span", {}, name), bar: el("span", { class: "bar" }), share: el("span", {}) }));
  const rows = bars.map(({ label, bar, share }) =>
    el("li", {}, label, el("span", { class: "track", "aria-hidden": "true" }, bar), share));
  const truth = "truth.choice" in facts.cells ? chooser(desk) : null;
  desk.listeners.push(() => {
    const chances = facts.line_up ? desk.numbers(facts.line_up) : [];
    const names = desk.values["classes.names"] ?? facts.classes;
    const most = Math.max(...chances);
    const fault = facts.line_up ? desk.fault(facts.line_up) : "";
    said.textContent = fault ? say("fault", { error: fault }) : desk.said;
    said.classList.toggle("unsure", most <= facts.sure);
    doubt.textContent = facts.line_up && !fault && most <= facts.sure ? `${say("doubt")} ${facts.unsure}` : "";
    bars.forEach(({ label, bar, share }, k) => {
      label.textContent = String(names[k] ?? facts.classes[k]);
      bar.style.width = `${100 * (chances[k] ?? 0)}%`;
      share.dataset.value = String(fault ? NaN : (chances[k] ?? 0));
      share.textContent = fault ? "–" : `${(100 * (chances[k] ?? 0)).toFixed(1)} %`;
    });
    loss.textContent = facts.loss && !desk.fault(facts.loss) && desk.truth && desk.truth !== facts.nobody ? say("loss", { loss: (desk.numbers(facts.loss)[0] ?? 0).toFixed(4) }) : "";
  });
  return el("section", { class: "verdict", "aria-labelledby": "verdict" }, el("h2", { id: "verdict" }, say("verdict")), said, doubt,
    facts.line_up ? el("ul", { class: "chances" }, ...rows) : null, truth, loss,
    facts.learned ? el("details", {}, el("summary", {}, say("learned")), el("p", {}, facts.learned)) : null);
}

/**
 * The choice of the truth.
 * @param {Desk} desk
 */
function chooser(desk) {
  const select = el("select", { id: "truth", onchange: () => void desk.chooseTruth(select.value) },
    el("option", { value: desk.facts.nobody }, desk.facts.nobody), ...desk.facts.classes.map((name) => el("option", { value: name }, name)));
  desk.listeners.push(() => (select.value = desk.truth));
  return el("p", { class: "truth" }, el("label", { for: "truth" }, say("truth")), " ", select);
}
