// The therapist's screen: the same curve, what lies under it, verdicts with their reasons, and
// the dose of the next round. Every word and every refusal comes from the room.

import { Curve } from "./curve.js";
import { clear, countdown, make, number, part, phaseWord, Probe, say, show, Shown, View, write } from "./page.js";
import { Strip } from "./strip.js";

/** @typedef {import("./page.js").Picture} Picture */
/** @typedef {import("./page.js").TherapistPart} TherapistPart */

const PAST_S = 22;
const DOSE_NAMES = ["force_percent_mvc", "rise_s", "hold_s", "fall_s", "rest_s", "tangent_percent"];

const curve = new Curve(/** @type {HTMLCanvasElement} */ (part("curve")));
const probe = new Probe();
const shown = new Shown();
/** @type {Map<number, Strip>} */
const strips = new Map();
/** @type {{at_s: number, text: string, short: string, is_good: boolean}[]} */
let labels = [];
/** @type {{at_s: number, text: string}[]} */
let marks = [];
let isStopped = false;
let spokenPhase = "";
const view = new View(onPicture, onLine);

/** @param {boolean} isOpen */
function onLine(isOpen) {
  if (view.line.isSignedOut) {
    clear(say("You are signed out"), say("Nothing of the session is shown any more. Sign in again to go on."), say("Sign in"));
    return;
  }
  show(part("no-line"), !isOpen);
  write(part("no-line"), view.line.isOver ? say("This session is over.") : say("The connection is gone. It comes back by itself."));
}

/** @param {Picture} picture */
function onPicture(picture) {
  const mine = picture.therapist;
  if (isStopped && !view.line.unanswered.size) isStopped = false;
  if (!mine) return;
  write(part("headline"), picture.is_tired ? `${picture.headline} · ${picture.set?.line}` : picture.headline);
  write(part("stage"), picture.stage_line);
  write(part("sentence"), picture.sentence);
  write(part("dose-line"), mine.dose_line);
  write(part("curve-title"), mine.curve_title);
  write(part("curve-note"), mine.curve_note);
  showRoles(mine);
  show(part("seat-pill"), picture.room !== "over");
  write(part("seat"), mine.seat);
  write(part("begin"), mine.begin);
  show(part("again"), mine.may_go_again);
  show(part("after"), mine.may_ask_after);
  showTroubles(picture);
  showTracks(picture, mine);
  showVerdicts(mine);
  showPeople(mine);
  showCalibration(picture, mine);
  write(part("fatigue-figure"), mine.fatigue.figure);
  write(part("fatigue-sentence"), mine.fatigue.sentence);
  write(part("seat-line"), mine.seat_line);
  write(part("saving"), mine.saving.line);
  part("saving-mark").className = `mark ${mine.saving.is_well ? "good" : "bad"}`;
  showDose(picture, mine);
  show(part("cushion-card"), picture.can.includes("cushion"));
  for (const button of document.querySelectorAll("button[data-command]")) {
    const kind = button instanceof HTMLElement ? (button.dataset["command"] ?? "") : "";
    show(button, picture.can.includes(kind));
  }
  shown.when("before", mine.before, (root) => root.append(...mine.before.map((line) => make("p", "soft small", line))));
  shown.when("reports", mine.reports, (root) => {
    for (const { address, words } of mine.reports) {
      const link = make("a", "button primary", words);
      link.setAttribute("href", address);
      root.append(link);
    }
  });
}

/** @param {Picture} picture */
function showTroubles(picture) {
  shown.when("troubles", picture.troubles, (root) => {
    for (const trouble of picture.troubles) root.append(make("p", "trouble", trouble));
  });
}

/** @param {Picture} picture @param {TherapistPart} mine */
function showTracks(picture, mine) {
  const lower = picture.tracks.map((track, number) => ({ ...track, number })).slice(1);
  shown.when("strips", [picture.generation, lower, mine.loud], (root) => {
    strips.clear();
    for (const track of lower) {
      const isLoud = mine.loud.includes(track.number);
      const canvas = document.createElement("canvas");
      canvas.className = "strip";
      canvas.setAttribute("aria-hidden", "true");
      const figures = make("span", "soft");
      root.append(make("div", "spread", make("h3", "", track.label), figures), canvas);
      const strip = new Strip(canvas);
      strip.tell = (text) => write(figures, `${text} ${track.unit}`);
      strip.isLoud = isLoud;
      strip.isMuscle = /[Vv]$/.test(track.unit);
      strips.set(track.number, strip);
    }
  });
  show(part("strips-card"), lower.length > 0);
}

/** Which channel is which muscle, as long as nothing is measured. @param {TherapistPart} mine */
function showRoles(mine) {
  show(part("roles-card"), mine.roles.length > 1);
  shown.when("roles", mine.roles, (root) => {
    for (const one of mine.roles) {
      const choice = document.createElement("select");
      choice.id = `role-${one.channel}`;
      choice.dataset["channel"] = one.channel;
      for (const [role, words] of Object.entries(roleWords())) {
        choice.append(new Option(words, role, role === one.role, role === one.role));
      }
      const label = make("label", "", one.name);
      label.setAttribute("for", choice.id);
      root.append(make("p", "field", label, choice));
    }
  });
}

/** @returns {Record<string, string>} */
function roleWords() {
  return {
    primary: say("is trained"),
    co_contraction: say("another muscle, should stay quiet"),
    respiration: say("breathing"),
    shown: say("only shown"),
  };
}

/** @param {TherapistPart} mine */
function showVerdicts(mine) {
  marks = mine.marks;
  labels = mine.verdicts.map((one) => ({ at_s: one.start_s, text: one.label, short: String(one.round), is_good: one.is_good }));
  shown.when("verdicts", mine.verdicts, (root) => {
    if (!mine.verdicts.length) root.append(make("li", "soft", say("No rounds yet.")));
    for (const one of [...mine.verdicts].reverse()) {
      const item = make("li", "verdict", make("span", "soft", String(one.round)));
      item.append(make("span", `mark ${one.is_good ? "good" : "bad"}`));
      item.append(make("div", "", make("strong", "", one.word), " ", make("span", "soft small", one.detail)));
      root.append(item);
    }
  });
}

/** @param {TherapistPart} mine */
function showPeople(mine) {
  shown.when("people", mine.people, (root) => {
    for (const person of mine.people) {
      root.append(make("li", "person", make("span", `mark ${person.is_here ? "good" : "off"}`), make("span", "", person.line)));
    }
  });
  shown.when("asking", mine.asking, (root) => {
    for (const one of mine.asking) {
      const yes = make("button", "primary", say("Let in"));
      const no = make("button", "", say("Send away"));
      yes.dataset["answer"] = "yes";
      no.dataset["answer"] = "no";
      for (const button of [yes, no]) button.dataset["number"] = one.number;
      root.append(make("p", "", one.line), make("div", "row", yes, no));
    }
  });
  show(part("asking-card"), mine.asking.length > 0);
  show(part("join-card"), mine.join !== null);
  shown.when("join", mine.join, (root) => {
    if (!mine.join) return;
    const how = say("On the second screen: open %(address)s and type this code.", { address: mine.join.address });
    const words = make("div", "stack tight", make("p", "", how), make("p", "code", mine.join.code));
    words.append(make("p", "soft small", say("The code works once, for five minutes.")));
    if (!mine.join.qr) words.append(make("p", "soft small", say("This address works on this computer only: a phone cannot reach it.")));
    root.append(words, ...(mine.join.qr ? [scanned(mine.join.qr, mine.join.address)] : []));
  });
}

/** @param {string} source @param {string} address */
function scanned(source, address) {
  const picture = document.createElement("img");
  picture.src = source;
  picture.alt = say("QR code of %(address)s", { address });
  picture.width = 144;
  picture.height = 144;
  return make("div", "qr", picture);
}

/** @param {Picture} picture @param {TherapistPart} mine */
function showCalibration(picture, mine) {
  const calibration = picture.calibration;
  show(part("calibration-card"), Boolean(calibration) || mine.measured.length > 0);
  shown.when("calibration-results", mine.measured, (root) => {
    for (const one of mine.measured) {
      root.append(make("li", "", make("span", `mark ${one.is_well ? "good" : "bad"}`), make("span", "", one.line)));
    }
  });
  write(part("calibration-step"), calibration?.step ?? "");
  write(part("calibration-headline"), calibration?.headline ?? say("Measured so far"));
}

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement} */ (part(`dose-${name}`));
}

/** The fields follow the room until somebody types in them. @param {Picture} picture @param {TherapistPart} mine */
function showDose(picture, mine) {
  const { dose } = mine;
  show(part("dose-card"), picture.can.includes("dose") && dose !== null);
  write(part("why"), mine.why);
  if (!dose) return;
  write(part("limits-line"), dose.limits_line);
  write(part("dose-title"), dose.title);
  write(part("use-dose"), dose.use);
  write(part("dose-short"), dose.line);
  const isTyping = part("dose").contains(document.activeElement);
  foldDose(picture, isTyping || dose.refusals.length > 0);
  shown.when("dose-known", dose.fields, () => {
    for (const name of DOSE_NAMES) {
      const value = dose.fields[/** @type {keyof typeof dose.fields} */ (name)];
      if (!isTyping) field(name).value = value === null ? "" : typed(value);
      show(part(`field-${name}`), value !== null);
    }
  });
  for (const name of DOSE_NAMES) write(part(`hint-${name}`), dose.hints[name] ?? "");
  shown.when("refusals", dose.refusals, (root) => {
    for (const name of DOSE_NAMES) point(name, "");
    for (const { field: name, line } of dose.refusals) {
      if (name) point(name, line);
      else root.append(make("p", "trouble small", line));
    }
  });
}

/**
 * While a set runs, rounds and fatigue are read; the editor is one line, until it is opened.
 * @param {Picture} picture @param {boolean} isAtWork
 */
function foldDose(picture, isAtWork) {
  const isTraining = picture.state !== "ready" && picture.state !== "set_ended";
  if (document.body.classList.contains("is-training") === isTraining) return;
  document.body.classList.toggle("is-training", isTraining);
  /** @type {HTMLDetailsElement} */ (part("dose-card")).open = !isTraining || isAtWork;
}

/** A number as it is typed in this language. @param {number} value */
function typed(value) {
  return value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 3, useGrouping: false });
}

/** Say at a field what is wrong with it; nothing where nothing is. @param {string} name @param {string} line */
function point(name, line) {
  const problem = part(`problem-${name}`);
  write(problem, [problem.textContent, line].filter((one) => line && one).join(" "));
  show(problem, line !== "");
  if (line) field(name).setAttribute("aria-invalid", "true");
  else field(name).removeAttribute("aria-invalid");
}

/** What was typed, with a point or a comma; undefined where it is no number. @param {string} name */
function numberIn(name) {
  const text = field(name).value.trim();
  return /^[0-9]+([.,][0-9]+)?$/.test(text) ? Number(text.replace(",", ".")) : undefined;
}

/** A number, but one that no step allows. @param {string} name */
function isBelowZero(name) {
  return /^[-−–] ?[0-9]+([.,][0-9]+)?$/.test(field(name).value.trim());
}

/** @param {string} name */
function outside(name) {
  const range = view.picture?.therapist?.dose?.hints[name];
  return range ? say("This step allows %(range)s.", { range }) : say("This is below zero.");
}

function draw() {
  if (view.line.isSignedOut) return;
  const pageS = performance.now() / 1000;
  // After the end the picture stands still where it ended, and is not stale.
  const isOver = view.picture?.room === "over";
  const freshness = isOver ? "fresh" : view.freshness.state(pageS);
  const liveS = view.clock.isSet ? view.clock.at(pageS) : 0;
  const nowS = isOver ? (view.rings[0]?.endS ?? 0) : liveS;
  const phase = freshness === "grey" || isStopped ? undefined : view.targets.phase(nowS);
  const pastS = curve.sheet.width < 560 ? 10 : PAST_S;
  if (view.picture?.therapist?.is_in_percent) {
    curve.draw({ ring: view.rings[0], targets: view.targets, nowS, freshness, pastS, isAsking: freshness !== "grey", isFine: true, labels, marks });
  } else if (view.rings[0]) {
    curve.sheet.clear();
    raw.draw(view.rings[0], nowS, pastS);
  }
  for (const [number, strip] of strips) {
    const ring = view.rings[number];
    if (ring) strip.draw(ring, nowS, pastS);
  }
  showPhase(phase, nowS);
  showAge(freshness, pageS);
  probe.note(view);
  requestAnimationFrame(draw);
}

const raw = new Strip(/** @type {HTMLCanvasElement} */ (part("curve")));
raw.isScaled = true;

/** @param {import("./target.js").Phase | undefined} phase @param {number} nowS */
function showPhase(phase, nowS) {
  const calibration = view.picture?.calibration;
  const until = phase?.to_s ?? calibration?.until_s ?? NaN;
  const leftS = until - nowS;
  const word = phase ? (phaseWord(phase.name)) : "";
  const seconds = Number.isFinite(leftS) ? Math.max(0, Math.ceil(leftS)) : null;
  const count = seconds === null ? "" : countdown(seconds).join(String(seconds));
  write(part("phase"), phase ? `${word} ${count}` : "");
  write(part("calibration-count"), calibration ? count : "");
  if (word !== spokenPhase) {
    spokenPhase = word;
    write(part("spoken"), word);
  }
}

let agesMs = 0;
let shownAgeAt = 0;

/** @param {string} freshness @param {number} pageS */
function showAge(freshness, pageS) {
  const ageMs = view.freshness.ageS(pageS) * 1000;
  if (Number.isFinite(ageMs)) agesMs += 0.05 * (ageMs - agesMs);
  if (pageS - shownAgeAt < 1) return;
  shownAgeAt = pageS;
  part("age-mark").className = `mark ${freshness === "fresh" ? "good" : "bad"}`;
  write(part("age"), ageLine(freshness, ageMs));
  view.line.say({ type: "present", drawn_index: view.drawnIndex, age_ms: Math.round(ageMs) || null });
}

/** @param {string} freshness @param {number} ageMs */
function ageLine(freshness, ageMs) {
  if (freshness === "none") return say("no samples yet");
  if (freshness === "fresh") return say("%(ms)s ms to screen", { ms: Math.round(agesMs) });
  return say("no samples for %(s)s s", { s: number(ageMs / 1000) });
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (!button) return;
  const { command, mark, cushion, answer, number } = button.dataset;
  if (command === "stop") {
    isStopped = true;
    view.targets.hide(view.clock.isSet ? view.clock.at(performance.now() / 1000) : 0);
  }
  if (command) view.line.command({ kind: command, drawn_index: view.drawnIndex, ...(mark ? { mark } : {}), ...(cushion ? { cushion } : {}) });
  if (answer) view.line.command({ kind: "answer", number, is_yes: answer === "yes" });
});

document.addEventListener("change", (event) => {
  if (!(event.target instanceof HTMLSelectElement)) return;
  const channel = event.target.dataset["channel"];
  if (channel) view.line.command({ kind: "role", channel, role: event.target.value });
});

// A number that is changed is no longer the one that was refused.
part("dose").addEventListener("input", (event) => {
  const { id } = /** @type {HTMLInputElement} */ (event.target);
  point(id.replace("dose-", ""), "");
  part("refusals").replaceChildren();
});

part("dose").addEventListener("submit", (event) => {
  event.preventDefault();
  /** @type {Record<string, number | null>} */
  const dose = {};
  const isShown = (/** @type {string} */ name) => !part(`field-${name}`).hidden;
  const wrong = DOSE_NAMES.filter((name) => isShown(name) && numberIn(name) === undefined);
  for (const name of DOSE_NAMES) {
    point(name, "");
    dose[name] = isShown(name) ? (numberIn(name) ?? null) : null;
  }
  for (const name of wrong) point(name, isBelowZero(name) ? outside(name) : say("This is no number. Write for example 4.5."));
  if (wrong[0]) {
    field(wrong[0]).focus();
    return;
  }
  // What the room answers is shown anew, also where it answers the same once more.
  shown.last.delete("refusals");
  view.line.command({ kind: "dose", dose });
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
});

requestAnimationFrame(draw);
