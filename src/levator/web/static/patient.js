// The patient's screen: one word, the band, her line, one sentence. Stop works here first.

import { Awake } from "./awake.js";
import { Curve } from "./curve.js";
import { countdown, make, part, phaseWord, Probe, say, show, Shown, View, write } from "./page.js";
import { pastOn } from "./scale.js";
import { Sound } from "./sound.js";
import { Teller, Voice } from "./voice.js";

const curve = new Curve(/** @type {HTMLCanvasElement} */ (part("curve")));
const probe = new Probe();
const sound = new Sound((name, sign) => probe.hear(name, sign));
const voice = new Voice((name, text) => probe.hear(name, text));
const teller = new Teller(part("spoken"), voice);
const awake = new Awake();
const shown = new Shown();
const view = new View(onPicture, onLine);

/** Shorter hiccups do not blink: what ceases stays away for this long, to be read calmly. */
const CALM_MS = 2000;
const LATE_CALM_MS = 1500;
const AWAY_SAID_MS = 8000;
const VOICES_MS = 1000;

/** @type {"" | "stop" | "pain" | "done"} */
let stoppedBy = "";
let staleSinceMs = NaN;
let presentAtMs = -Infinity;
let lineGoneAtMs = NaN;
let lateUntilMs = -Infinity;
let awaySaidUntilMs = -Infinity;
/** A browser gives no sound before the first press, so a page that comes back has lost it. */
let isSoundLost = sessionStorage.getItem("sound") === "on";
let voicelessSaidUntilMs = Infinity;
let isVoiceless = false;
/** the set after which she would rather not say how hard it was */
let skippedSet = -1;
/** the sentence that stood there when she began to hold: it was of before, and has done its work */
let saidBefore = "";
let lastPhase = "";

/** @param {boolean} isOpen */
function onLine(isOpen) {
  if (isOpen) presentAtMs = -Infinity;
  if (isOpen) lineGoneAtMs = NaN;
  else if (Number.isNaN(lineGoneAtMs)) lineGoneAtMs = performance.now();
  const why = view.line.isOver ? say("This session is over.") : say("The connection is gone. It comes back by itself.");
  write(part("no-line"), isOpen ? "" : why);
}

/** @param {import("./page.js").Picture} picture */
function onPicture(picture) {
  if (stoppedBy && picture.room !== "over" && !view.line.unanswered.size) stoppedBy = "";
  if (picture.next) location.replace(picture.next + location.search);
  awake.want(!stoppedBy && (picture.room === "calibrating" || picture.room === "session"));
  write(part("watchers"), picture.watchers);
  part("watched").classList.toggle("open", !picture.is_watched);
  write(part("stage"), picture.stage_line);
  const troubles = stoppedBy ? [] : picture.troubles;
  shown.when("troubles", troubles, (root) => {
    for (const trouble of troubles) root.append(make("p", "trouble", trouble));
  });
  shown.when("results", picture.calibration?.results ?? [], (root) => {
    for (const result of picture.calibration?.results ?? []) root.append(make("li", "", result));
  });
  showRounds(picture.set);
  showCalls(picture);
  const asksEffort = isEffortAsked(picture);
  show(part("effort"), asksEffort);
  const isOver = picture.room === "over";
  for (const id of ["sound", "who"]) show(part(id), !isOver);
  show(part("close"), isOver);
  show(part("curve"), !stoppedBy && !asksEffort && picture.room === "session");
  show(part("results"), picture.room === "calibrating");
  document.body.classList.toggle("is-over", isOver);
  document.body.classList.toggle("is-resting", picture.state === "set_ended");
}

/** @param {import("./page.js").Picture} picture */
function isEffortAsked(picture) {
  return picture.asks_effort && !stoppedBy && (picture.set?.number ?? 0) !== skippedSet;
}

/** @param {import("./page.js").Picture["set"]} set */
function showRounds(set) {
  write(part("round-line"), set?.line ?? "");
  shown.when("dots", set, (root) => {
    if (!set) return;
    const total = set.asked ?? Math.max(set.done.length, set.round ?? 0);
    for (let round = 1; round <= total; round += 1) {
      const done = set.done.find((one) => one.round === round);
      const kind = done ? (done.is_good ? "done" : "other") : round === set.round ? "now" : "";
      const dot = make("li", `dot ${kind}`);
      dot.append(make("span", "unseen", done ? say("Round %(round)s: %(word)s", { round, word: done.word }) : String(round)));
      root.append(dot);
    }
  });
}

/**
 * The four at the bottom never move under a thumb: what makes no sense now is only disabled.
 * @param {import("./page.js").Picture} picture
 */
function showCalls(picture) {
  const isOver = picture.room === "over";
  const isBetween = picture.state === "set_ended";
  // One question at a time: what comes next is offered once this one is answered or passed over.
  const isAsking = isEffortAsked(picture);
  for (const button of document.querySelectorAll("button[data-command]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    const kind = button.dataset["command"] ?? "";
    const can = picture.can.includes(kind);
    if (kind === "tired") {
      show(button, !isOver);
      button.disabled = !can;
      button.setAttribute("aria-pressed", String(picture.is_tired));
    } else if (button.id === "done") show(button, can && isBetween && !isAsking);
    else if (kind !== "effort") show(button, can && !(isAsking && kind === "start"));
  }
  const start = part("start");
  write(start, isBetween ? say("Next set") : say("Start"));
  start.classList.toggle("primary", !isBetween);
  start.classList.toggle("first", isBetween);
}

function draw() {
  const nowMs = performance.now();
  const pageS = nowMs / 1000;
  const freshness = view.freshness.state(pageS);
  const isStale = staleAt(nowMs, freshness);
  const nowS = isStale ? (view.rings[0]?.endS ?? 0) : view.clock.isSet ? view.clock.at(pageS) : 0;
  const asked = isStale || stoppedBy ? null : askedAt(nowS, freshness);
  showAsked(asked, isStale, nowS);
  showLate(nowMs, !isStale && freshness === "amber" && view.picture?.room !== "over");
  const target = view.targets.level(nowS, nowS);
  sound.follow(signNow(asked, isStale, nowMs), view.rings[0]?.newest ?? NaN, target, view.targets.band);
  if (!part("curve").hidden) {
    const pastS = pastOn(curve.sheet.width);
    curve.draw({ ring: view.rings[0], targets: view.targets, nowS, freshness: isStale ? "grey" : freshness, pastS, isAsking: !isStale, isFine: false, labels: [] });
  }
  probe.note(view);
  confirmFrames(nowMs, pageS);
  requestAnimationFrame(draw);
}

/** Whether the samples on this screen are too old to ask anything by. @param {number} nowMs @param {string} freshness */
function staleAt(nowMs, freshness) {
  const room = view.picture?.room;
  if (stoppedBy || (room !== "session" && room !== "calibrating")) staleSinceMs = NaN;
  else if (freshness !== "grey") return nowMs - staleSinceMs < CALM_MS;
  else if (!(nowMs - staleSinceMs < CALM_MS)) staleSinceMs = nowMs;
  return !Number.isNaN(staleSinceMs);
}

/**
 * @typedef {object} Asked
 * @property {string} name of the phase, or of the instruction while calibrating
 * @property {string} word
 * @property {number} untilS
 */

/**
 * What is asked of her now; null where nothing is.
 * @param {number} nowS @param {string} freshness @returns {Asked | null}
 */
function askedAt(nowS, freshness) {
  if (freshness !== "fresh" && freshness !== "amber") return null;
  const phase = view.targets.phase(nowS);
  if (phase) return { name: phase.name, word: phaseWord(phase.name), untilS: phase.to_s };
  const calibration = view.picture?.calibration;
  if (!calibration) return null;
  // A step that is over and was not replaced soon is no longer asked.
  const isOn = nowS < calibration.until_s + view.freshness.amberS;
  const name = isOn ? calibration.instruction : "let_go";
  return { name, word: isOn ? calibration.headline : say("Let go"), untilS: calibration.until_s };
}

/**
 * What the sound mode goes by: what is asked, or why nothing is.
 * @param {Asked | null} asked @param {boolean} isStale @param {number} nowMs
 */
function signNow(asked, isStale, nowMs) {
  const { picture, line } = view;
  if (picture?.room === "over" || line.isOver) return "ended";
  if (stoppedBy) return "stopped";
  if (isStale || nowMs - lineGoneAtMs > view.freshness.greyS * 1000) return "still";
  if (asked) return asked.name;
  switch (picture?.state) {
    case "no_signal": return "still";
    case "paused":
    case "tare_needed": return "paused";
    case "taring": return "let_go";
    case "set_ended": return "set_ended";
    default: return picture && (picture.can.includes("start") || picture.can.includes("calibrate")) ? "press" : "";
  }
}

/** A word for amber, long enough to be read. @param {number} nowMs @param {boolean} isLate */
function showLate(nowMs, isLate) {
  // Once it stands still, or she has stopped, there is more to say than that it is late.
  if (stoppedBy || document.body.classList.contains("is-stale")) lateUntilMs = -Infinity;
  else if (isLate) lateUntilMs = nowMs + LATE_CALM_MS;
  write(part("late"), nowMs < lateUntilMs ? say("Picture a little late") : "");
}

/** @param {Asked | null} asked @param {boolean} isStale @param {number} nowS */
function showAsked(asked, isStale, nowS) {
  const { picture } = view;
  document.body.classList.toggle("is-stale", isStale);
  write(part("stale"), isStale ? say("The picture stands still: no new samples. Let go and rest.") : "");
  const isCut = isStale && (picture?.state === "running" || picture?.room === "calibrating");
  const stopped = stoppedBy === "done" ? say("Done") : say("Stopped");
  // Once it is over the room says which it was.
  const word = stoppedBy && picture?.room !== "over" ? stopped : isCut ? say("Let go") : asked?.word;
  const heading = part("phase");
  write(heading, word ?? picture?.headline ?? "");
  heading.classList.toggle("words", !asked && !isCut);
  write(part("sentence"), sentenceNow(isStale, asked?.name ?? ""));
  write(part("away"), performance.now() < awaySaidUntilMs ? say("Your screen was away, so the sound was off. It is back now.") : "");
  write(part("sound-note"), soundNote());
  const told = ["phase", "stale", "no-line", "away", "sound-note", "troubles", "sentence"].map((id) => part(id).textContent ?? "");
  told.push(picture?.is_tired ? part("round-line").textContent ?? "" : "");
  teller.tell([...told, picture && isEffortAsked(picture) ? part("effort-title").textContent ?? "" : ""]);
  const calibration = isStale || stoppedBy ? null : picture?.calibration;
  showProgress(calibration, nowS);
  showCountdown(asked ? asked.untilS - nowS : NaN);
  write(part("step"), calibration?.step ?? "");
}

/** @param {boolean} isStale @param {string} phase */
function sentenceNow(isStale, phase) {
  if (isStale) return "";
  const { picture } = view;
  // The same words of another round are said anew.
  const said = `${picture?.set?.done.length ?? 0} ${picture?.sentence ?? ""}`;
  if (phase === "hold" && lastPhase !== "hold") saidBefore = said;
  lastPhase = phase;
  const isAsked = phase === "hold" || phase === "fall" || phase === "rest";
  if (!stoppedBy && isAsked && said === saidBefore) return "";
  if (!stoppedBy || picture?.room === "over") return picture?.sentence ?? "";
  if (stoppedBy === "done") return say("This session is over.");
  if (stoppedBy === "stop") return say("Rest as long as you like.");
  return say("It is good that you say it hurts; tell your therapist more.");
}

/** What she must know of the sound: that it is off again, or that no words come with it. */
function soundNote() {
  if (view.picture?.room === "over") return "";
  if (isSoundLost) return say("The sound is off: this page was opened anew. Press Sound.");
  const isSaid = view.picture?.room !== "session" || performance.now() < voicelessSaidUntilMs;
  if (!isVoiceless || !isSaid) return "";
  return say("No voice on this device: tones only; look at the screen while measuring.");
}

/** @param {import("./page.js").Picture["calibration"] | undefined} calibration @param {number} nowS */
function showProgress(calibration, nowS) {
  const bar = /** @type {HTMLProgressElement} */ (part("progress"));
  show(bar, Boolean(calibration));
  if (!calibration) return;
  const share = (nowS - calibration.from_s) / (calibration.until_s - calibration.from_s);
  bar.value = Math.max(0, Math.min(1, share));
}

/** @param {number} leftS */
function showCountdown(leftS) {
  const seconds = Number.isFinite(leftS) ? Math.max(0, Math.ceil(leftS)) : null;
  shown.when("countdown", seconds, (root) => {
    if (seconds === null) return;
    const [before, after] = countdown(seconds);
    root.append(before, make("b", "", String(seconds)), after);
  });
}

/** Twice a second the room hears that frames are drawn here; without it the room pauses. @param {number} nowMs @param {number} pageS */
function confirmFrames(nowMs, pageS) {
  if (nowMs - presentAtMs < 500 || !view.line.isOpen) return;
  const age = view.freshness.ageS(pageS);
  // Before the first samples there is no picture to confirm; with them at once, so that a
  // quick press of Start is not refused.
  if (!Number.isFinite(age)) return;
  presentAtMs = nowMs;
  view.line.say({
    type: "present",
    drawn_index: view.drawnIndex,
    age_ms: Math.round(age * 1000),
  });
}

/** @param {"stop" | "pain"} kind @param {boolean} isDone between two sets it is no breaking off */
function stopHere(kind, isDone) {
  stoppedBy = isDone ? "done" : kind;
  show(part("curve"), false);
  show(part("results"), false);
  part("troubles").replaceChildren();
  shown.last.delete("troubles");
  view.targets.hide(view.clock.isSet ? view.clock.at(performance.now() / 1000) : 0);
  sound.hush();
  voice.hush();
  awake.want(false);
  view.line.command({ kind, drawn_index: view.drawnIndex });
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  const kind = button?.dataset["command"];
  if (!button || !kind) return;
  if (kind === "stop" || kind === "pain") stopHere(kind, button.id === "done");
  else if (kind === "effort") view.line.command({ kind, effort: Number(button.dataset["effort"]) });
  else view.line.command({ kind });
  if (kind === "calibrate" || kind === "start") awake.want(true);
});

part("skip").addEventListener("click", () => {
  skippedSet = view.picture?.set?.number ?? 0;
  if (view.picture) onPicture(view.picture);
});

part("sound").addEventListener("click", () => {
  const isOn = sound.toggle();
  part("sound").setAttribute("aria-pressed", String(isOn));
  write(part("sound-word"), isOn ? say("on") : say("off"));
  isSoundLost = false;
  sessionStorage.setItem("sound", isOn ? "on" : "off");
  voice.turn(isOn);
  // Some browsers find their voices a moment later.
  setTimeout(lookForVoice, VOICES_MS);
  voice.say(part("phase").textContent ?? "", true);
});

function lookForVoice() {
  isVoiceless = sound.isOn && !voice.own;
  voicelessSaidUntilMs = performance.now() + AWAY_SAID_MS;
}

// Out of sight no picture is drawn, so nothing may sound as if one were.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    sound.leave();
    voice.hush();
  } else if (sound.isOn) {
    sound.wake();
    awaySaidUntilMs = performance.now() + AWAY_SAID_MS;
  }
});

requestAnimationFrame(draw);
