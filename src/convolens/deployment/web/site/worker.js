// Asks the model, in a thread of its own: the page stays quick.
"use strict";

let runtime, session;

onmessage = async ({ data }) => {
  try {
    postMessage("model" in data ? await load(data) : await answer(data));
  } catch (error) {
    postMessage({ error: String(error?.message ?? error) });
  }
};

async function load({ code, wasm, model }) {
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  runtime = await import(address);
  URL.revokeObjectURL(address);
  runtime.env.logLevel = "error";
  runtime.env.wasm.numThreads = 1; // more need headers that plain servers do not send
  runtime.env.wasm.wasmBinary = wasm;
  session = await runtime.InferenceSession.create(new Uint8Array(model), { executionProviders: ["wasm"] });
  return { loaded: true };
}

async function answer({ width, height, rgba }) {
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    rgb[to++] = rgba[from];
    rgb[to++] = rgba[from + 1];
    rgb[to++] = rgba[from + 2];
  }
  const said = await session.run({ photos: new runtime.Tensor("uint8", rgb, [1, height, width, 3]) });
  const several = said.answer.type === "bool";
  return {
    probabilities: Array.from(said.probabilities.data),
    answer: several ? Array.from(said.answer.data, Boolean) : Number(said.answer.data[0]),
    unknown: said.unknown ? Boolean(said.unknown.data[0]) : undefined,
  };
}
