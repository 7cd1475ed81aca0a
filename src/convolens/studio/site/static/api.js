// What pages ask the studio: JSON in, JSON out; whatever goes wrong is one line, shown as a toast unless the page says it itself.
import { tell } from "./toast.js";

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function answered(asked) {
  let response;
  try {
    response = await asked();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused("The studio does not answer; is it still running? Its trainings go on without it.", 0);
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(body?.error ?? `${response.status} ${response.statusText}`, response.status);
  return body;
}

/** Ask for values: `get("/api/runs", {search: "cat"})`. */
export function get(path, query = {}, options = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return answered(() => fetch(search ? `${path}?${search}` : path, options));
}

/** Send values, or a file as it is, and return the answer. */
export function send(path, body = {}, { method = "POST", ...options } = {}) {
  const raw = body instanceof Blob;
  return answered(() => fetch(path, {
    method,
    body: raw ? body : JSON.stringify(body),
    headers: { "content-type": raw ? "application/octet-stream" : "application/json" },
    ...options,
  }));
}

/** Do a piece of work; show in a toast what goes wrong, and return undefined then. `busy` is a button that waits. */
export async function trying(work, busy = null) {
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
  }
}

/**
 * The address of a photo as a picture; of one that cannot be read, of a picture that says so. `place`: "photos", "quarantine" ...
 * `version`: of the photo, where it is known; a browser keeps that picture without asking again.
 */
export const picture = (photo, side = 192, place = "photos", version = "") =>
  `/api/pictures/${photo}?side=${side}&placeholder=true${place === "photos" ? "" : `&place=${place}`}${version && `&version=${version}`}`;
