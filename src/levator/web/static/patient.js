// The patient's screen: one word, the band, her line, one sentence. Stop works here first.

import { Curve, pastOn } from "./curve.js";
import { countdown, make, part, phaseWord, Probe, say, show, Shown, View, write } from "./page.js";
import { Sound } from "./sound.js";

const curve = new Curve(/** @type {HTMLCanvasElement} */ (part("curve")));
const sound = new Sound();
const probe = new Probe();
const shown = new Shown();
const view = new View(onPicture, onLine);

/** Shorter hiccups do not blink: what ceases stays away for this long, to be read calmly. */
const CALM_MS = 2000;

/** @type {"" | "stop" | "pain"} */
let stoppedBy = "";
let staleSinceMs = NaN;
let presentAtMs = -Infinity;
let spokenPhase = "";

/** @param {boolean} isOpen */
function onLine(isOpen) {
  if (isOpen) presentAtMs = -Infinity;
  const why = view.line.isOver ? say("This session is over.") : say("The connection is gone. It comes back by itself.");
  write(part("no-line"), isOpen ? "" : why);
}

/** @param {import("./page.js").Picture} picture */
function onPicture(picture) {
  if (stoppedBy && picture.room !== "over" && !view.line.unanswered.size) stoppedBy = "";
  write(part("watchers"), picture.watchers);
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
  show(part("effort"), picture.asks_effort);
  show(part("sound"), picture.room !== "over");
  if (picture.room === "over") sound.hush();
  show(part("curve"), !stoppedBy && !picture.asks_effort && picture.room === "session");
  show(part("results"), picture.room === "calibrating");
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
  for (const button of document.querySelectorAll("button[data-command]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    const kind = button.dataset["command"] ?? "";
    const can = picture.can.includes(kind);
    if (kind === "tired") {
      show(button, !isOver);
      button.disabled = !can;
    } else if (button.id === "done") show(button, can && isBetween);
    else if (kind !== "effort") show(button, can);
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
  const target = view.targets.level(nowS, nowS);
  sound.follow(asked?.name ?? "", view.rings[0]?.newest ?? NaN, target, view.targets.band);
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
 * @property {string} name of the phase, empty while calibrating
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
  return { name: "", word: isOn ? calibration.headline : say("Let go"), untilS: calibration.until_s };
}

/** @param {Asked | null} asked @param {boolean} isStale @param {number} nowS */
function showAsked(asked, isStale, nowS) {
  const { picture } = view;
  document.body.classList.toggle("is-stale", isStale);
  write(part("stale"), isStale ? say("The picture stands still: no new samples. Let go and rest.") : "");
  const isCut = isStale && (picture?.state === "running" || picture?.room === "calibrating");
  const word = stoppedBy ? say("Stopped") : isCut ? say("Let go") : asked?.word;
  const heading = part("phase");
  write(heading, word ?? picture?.headline ?? "");
  heading.classList.toggle("words", !asked && !isCut);
  write(part("sentence"), sentenceNow(isStale));
  speak(heading.textContent ?? "");
  const calibration = isStale || stoppedBy ? null : picture?.calibration;
  showProgress(calibration, nowS);
  showCountdown(asked ? asked.untilS - nowS : NaN);
  write(part("step"), calibration?.step ?? "");
}

/** @param {boolean} isStale */
function sentenceNow(isStale) {
  if (isStale) return "";
  const { picture } = view;
  if (!stoppedBy || picture?.room === "over") return picture?.sentence ?? "";
  if (stoppedBy === "stop") return say("Stopped. Rest as long as you like.");
  return say("Stopped. It is good that you say it hurts; tell your therapist more.");
}

/** @param {import("./page.js").Picture["calibration"] | undefined} calibration @param {number} nowS */
function showProgress(calibration, nowS) {
  const bar = /** @type {HTMLProgressElement} */ (part("progress"));
  show(bar, Boolean(calibration));
  if (!calibration) return;
  const share = (nowS - calibration.from_s) / (calibration.until_s - calibration.from_s);
  bar.value = Math.max(0, Math.min(1, share));
}

/** Only a change of phase is read aloud, never the countdown. @param {string} headline */
function speak(headline) {
  if (headline === spokenPhase) return;
  spokenPhase = headline;
  write(part("spoken"), headline);
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

/** @param {"stop" | "pain"} kind */
function stopHere(kind) {
  stoppedBy = kind;
  show(part("curve"), false);
  show(part("results"), false);
  part("troubles").replaceChildren();
  shown.last.delete("troubles");
  view.targets.hide(view.clock.isSet ? view.clock.at(performance.now() / 1000) : 0);
  sound.hush();
  view.line.command({ kind, drawn_index: view.drawnIndex });
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  const kind = button?.dataset["command"];
  if (!button || !kind) return;
  if (kind === "stop" || kind === "pain") stopHere(kind);
  else if (kind === "effort") view.line.command({ kind, effort: Number(button.dataset["effort"]) });
  else view.line.command({ kind });
});

part("sound").addEventListener("click", () => {
  part("sound").setAttribute("aria-pressed", String(sound.toggle()));
});

requestAnimationFrame(draw);
