// The engine in a browser: its rooms and nothing else of levator, in a worker, under our policy.
import { loadPyodide } from "/pyodide/pyodide.mjs";

const text = async (path) => (await fetch(path)).text();

self.onmessage = async ({ data: names }) => {
  try {
    const python = await loadPyodide({ indexURL: "/pyodide/" });
    python.unpackArchive(await (await fetch("/engine.zip")).arrayBuffer(), "zip");
    python.FS.writeFile("play.py", await text("/play.py"));
    const play = python.pyimport("play");
    const told = {};
    for (const name of names) told[name] = play.play(await text(`/sessions/${name}`));
    const version = python.runPython("import sys; list(sys.version_info[:3])").toJs();
    self.postMessage({ version, told });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
