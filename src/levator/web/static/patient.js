// The patient's screen: one word, the band, her line, one sentence. Stop works here first.

import { Curve, pastOn } from "./curve.js";
import { countdown, make, part, phaseWord, Probe, say, show, Shown, View, write } from "./page.js";
import { Sound } from "./sound.js";

const curve = new Curve(/** @type {HTMLCanvasElement} */ (part("curve")));
const sound = new Sound();
const probe = new Probe();
const shown = new Shown();
const view = new View(onPicture, onLine);

let isStopped = false;
let presentAtMs = 0;
let spokenPhase = "";

/** @param {boolean} isOpen */
function onLine(isOpen) {
  show(part("no-line"), !isOpen);
  write(part("no-line"), view.line.isOver ? say("This session is over.") : say("The connection is gone. It comes back by itself."));
}

/** @param {import("./page.js").Picture} picture */
function onPicture(picture) {
  if (isStopped && picture.room !== "over" && !view.line.unanswered.size) isStopped = false;
  write(part("watchers"), picture.watchers);
  write(part("stage"), picture.stage_line);
  write(part("sentence"), picture.sentence);
  shown.when("troubles", picture.troubles, (root) => {
    for (const trouble of picture.troubles) root.append(make("p", "trouble", trouble));
  });
  shown.when("results", picture.calibration?.results ?? [], (root) => {
    for (const result of picture.calibration?.results ?? []) root.append(make("li", "", result));
  });
  showRounds(picture.set);
  showCalls(picture);
  show(part("effort"), picture.asks_effort);
  show(part("sound"), picture.room !== "over");
  if (picture.room === "over") sound.hush();
  show(part("curve"), !picture.asks_effort && picture.room === "session");
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

/** @param {import("./page.js").Picture} picture */
function showCalls(picture) {
  for (const button of document.querySelectorAll("button[data-command]")) {
    const kind = button instanceof HTMLElement ? (button.dataset["command"] ?? "") : "";
    if (kind === "effort") continue;
    show(button, picture.can.includes(kind));
  }
}

function draw() {
  const nowMs = performance.now();
  const pageS = nowMs / 1000;
  const freshness = view.freshness.state(pageS);
  const nowS = view.clock.isSet ? view.clock.at(pageS) : 0;
  const isLive = freshness === "fresh" || freshness === "amber";
  const phase = isLive && !isStopped ? view.targets.phase(nowS) : undefined;
  showPhase(phase, nowS, freshness);
  const target = view.targets.level(nowS, nowS);
  sound.follow(phase?.name ?? "", view.rings[0]?.newest ?? NaN, target, view.targets.band);
  if (!part("curve").hidden) {
    const pastS = pastOn(curve.sheet.width);
    curve.draw({ ring: view.rings[0], targets: view.targets, nowS, freshness, pastS, isFine: false, labels: [] });
  }
  probe.note(view);
  confirmFrames(nowMs, pageS);
  requestAnimationFrame(draw);
}

/**
 * @param {import("./target.js").Phase | undefined} phase
 * @param {number} nowS @param {string} freshness
 */
function showPhase(phase, nowS, freshness) {
  const isStale = freshness === "grey" && view.picture?.room === "session";
  document.body.classList.toggle("is-stale", isStale);
  show(part("stale"), isStale);
  const calibration = isStopped ? null : view.picture?.calibration;
  let headline = view.picture?.headline ?? "";
  let until = NaN;
  if (isStopped) headline = say("Stopped");
  else if (phase) [headline, until] = [phaseWord(phase.name), phase.to_s];
  else if (calibration) [headline, until] = [calibration.headline, calibration.until_s];
  const heading = part("phase");
  write(heading, headline);
  heading.classList.toggle("words", !phase && !calibration);
  showProgress(calibration, nowS);
  speak(headline);
  showCountdown(until - nowS);
  write(part("step"), calibration?.step ?? "");
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

/** Once a second the room hears that frames are drawn here; without it the room pauses. @param {number} nowMs @param {number} pageS */
function confirmFrames(nowMs, pageS) {
  if (nowMs - presentAtMs < 1000) return;
  presentAtMs = nowMs;
  const age = view.freshness.ageS(pageS);
  view.line.say({
    type: "present",
    drawn_index: view.drawnIndex,
    age_ms: Number.isFinite(age) ? Math.round(age * 1000) : null,
  });
}

/** @param {string} kind */
function stopHere(kind) {
  isStopped = true;
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
  const isOn = sound.toggle();
  write(part("sound"), isOn ? say("Sound off") : say("Sound on"));
});

requestAnimationFrame(draw);
