// What pages ask the studio: JSON in, JSON or a picture out; whatever goes wrong is one line, shown as a toast unless the page says it itself.
import { tell } from "../elements/toast.js";

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Return `path?name=value`; what is null, undefined or empty is left out, and a list is a name for each of its values. */
export function address(path, query = {}) {
  const given = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one]))
    .filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

/** Ask, and return the response; where there is none, or a refusal, the error says so in a line. */
export async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused("The studio does not answer; is it still running? Its trainings go on without it.", 0);
  }
  if (response.ok) return response;
  const said = await response.json().catch(() => null);
  throw new Refused(said?.error ?? `${response.status} ${response.statusText}`, response.status);
}

/** What to send values by, or a file as it is; with the folder that the page shows, so that nothing happens to another one. */
export function carrying(body) {
  const raw = body instanceof Blob;
  const { folder } = document.body.dataset;
  return {
    method: "POST", body: raw ? body : JSON.stringify(body),
    headers: { "content-type": raw ? "application/octet-stream" : "application/json", ...(folder ? { "convolens-folder": folder } : {}) },
  };
}

/** Ask for values: `get("/api/runs", {search: "cat"})`. */
export const get = async (path, query = {}) => (await ask(address(path, query))).json();

/** Send values, or a file, and return the answer. */
export const send = async (path, body = {}, options = {}) => (await ask(path, { ...carrying(body), ...options })).json();

/** Do a piece of work; show in a toast what goes wrong, and return undefined then. `busy` is a button that waits. */
export async function trying(work, busy = null) {
  const focused = busy !== null && document.activeElement === busy;
  if (busy) busy.disabled = true;
  try {
    return await work();
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    if (!(error instanceof Refused)) console.error(error);
    tell(error.message, { problem: true });
    return undefined;
  } finally {
    if (busy) busy.disabled = false;
    if (focused && document.activeElement === document.body) busy.focus(); // a button that is disabled loses it
  }
}

/**
 * The address of a photo as a picture; of one that cannot be read, of a picture that says so. `place`: "photos", "quarantine" ...
 * `version`: of the photo, where it is known; a browser keeps that picture without asking again.
 */
export const picture = (photo, side = 192, place = "photos", version = "") =>
  `/api/pictures/${photo}?side=${side}&placeholder=true${place === "photos" ? "" : `&place=${place}`}${version && `&version=${version}`}`;
