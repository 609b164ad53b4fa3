// The board: every running room of the clinic, a small line each, ten times a second.

import { make, part, say } from "./page.js";
import { tokensOf } from "./sheet.js";

const KEPT = 140;
const HIGHEST = 110;
const RETRY_MS = 2000;

/** @typedef {{number: string, name: string, stage: string, line: string, address: string, is_well: boolean}} Tile */

const tiles = part("tiles");
/** @type {Map<string, {canvas: HTMLCanvasElement, levels: number[], isWell: boolean}>} */
const shown = new Map();
let lastList = "";

/** @param {Tile[]} list */
function showTiles(list) {
  const text = JSON.stringify(list);
  if (text === lastList) return;
  lastList = text;
  tiles.replaceChildren();
  for (const tile of list) {
    const known = shown.get(tile.number);
    const canvas = known?.canvas ?? document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    shown.set(tile.number, { canvas, levels: known?.levels ?? [], isWell: tile.is_well });
    const head = make("span", "spread", make("strong", "", tile.name), make("span", "soft small", tile.stage));
    const link = make("a", "card tile", head, canvas, make("span", "soft small", tile.line));
    link.setAttribute("href", tile.address);
    if (tile.number === document.body.dataset["room"]) link.setAttribute("aria-current", "page");
    tiles.append(link);
  }
  for (const number of shown.keys()) {
    if (!list.some((tile) => tile.number === number)) shown.delete(number);
  }
  if (!list.length) tiles.append(make("p", "soft", say("No session is running.")));
}

/** @param {Record<string, number | null>} levels */
function addLevels(levels) {
  for (const [number, tile] of shown) {
    tile.levels.push(levels[number] ?? NaN);
    if (tile.levels.length > KEPT) tile.levels.shift();
    draw(tile);
  }
}

/** @param {{canvas: HTMLCanvasElement, levels: number[], isWell: boolean}} tile */
function draw({ canvas, levels, isWell }) {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const scale = Math.min(2, devicePixelRatio || 1);
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
  if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
  const tokens = tokensOf(canvas);
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.strokeStyle = isWell ? tokens.her : tokens.late;
  pen.lineWidth = 2;
  pen.beginPath();
  let isDown = false;
  levels.forEach((level, place) => {
    const x = ((place + KEPT - levels.length) / KEPT) * width;
    const y = height - 4 - (Math.max(0, Math.min(HIGHEST, level)) / HIGHEST) * (height - 8);
    if (Number.isNaN(level)) isDown = false;
    else if (isDown) pen.lineTo(x, y);
    else {
      pen.moveTo(x, y);
      isDown = true;
    }
  });
  pen.stroke();
}

function open() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}/board/line?language=${document.documentElement.lang}`);
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.tiles) showTiles(message.tiles);
    if (message.levels) addLevels(message.levels);
  };
  socket.onclose = (event) => {
    if (event.code !== 4401) setTimeout(open, RETRY_MS);
  };
}

open();
