// The camera, live: frames asked one after another, the newest answer shown; it goes off with the page.
import { address, send, trying } from "../asking/api.js";
import { openStream, stopStream } from "../elements/camera.js";
import { fill, make } from "../elements/dom.js";
import { heatMap, pictureOf } from "./overlay.js";
import { shares, verdict } from "./verdict.js";

const PERIOD = 200; // milliseconds between two questions, at least
const SIDE = 512; // pixels of the longer side that is sent
const NAME = "camera.jpg";

/** Show live answers in `place`. Args: settings: {run, method, strength}; keep: called with a File of the frame that is to be kept; closed: called when it is off. */
export async function liveCamera(place, settings, { keep, closed }) {
  place.hidden = false;
  let stream;
  try {
    stream = await openStream(640);
  } catch (error) {
    fill(place, make("p", { class: "problem", role: "alert" }, error.message));
    closed();
    return;
  }
  const video = make("video", { autoplay: true, muted: true, playsinline: true, "aria-label": "What the camera sees" });
  const map = heatMap();
  const said = make("div", { class: "answer" });
  const rate = make("p", { class: "quiet", "data-rate": "" });
  const heat = make("input", { type: "checkbox" });
  const canvas = make("canvas");
  let on = true;
  const stop = () => {
    if (!on) return;
    on = false;
    stopStream(stream);
    place.hidden = true;
    fill(place);
    closed();
  };
  const frame = () => new Promise((done) => {
    const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(done, "image/jpeg", 0.92);
  });
  const answer = async () => {
    const photo = await frame();
    const { run, method, strength } = settings;
    const found = await send(address("/api/answers", { run, name: NAME, top: 5 }), photo);
    if (!on) return;
    fill(said, verdict(found), shares(found));
    const drawn = heat.checked && method ? await pictureOf("/api/answers/heat", { run, name: NAME, method }, photo) : null;
    if (!on) return;
    map.heat(drawn);
    map.strength(strength);
  };
  video.srcObject = stream;
  for (const track of stream.getTracks()) track.addEventListener("ended", stop); // it was unplugged
  if (!await trying(async () => { await video.play(); return true; })) { stop(); return; }
  fill(place, make("div", { class: "sides" },
    make("div", {}, make("div", { class: "stage" }, video, map.element),
      make("div", { class: "row" },
        make("button", { type: "button", onclick: async () => keep(new File([await frame()], NAME, { type: "image/jpeg" })) }, "Keep this picture"),
        make("button", { type: "button", onclick: stop }, "Stop the camera"),
        make("label", { class: "field" }, heat, "heat map, live"))),
    make("div", {}, said, rate)));
  while (on) {
    const began = performance.now();
    if (document.visibilityState === "visible" && video.videoWidth) {
      try {
        await answer();
        rate.textContent = `${(1000 / Math.max(PERIOD, performance.now() - began)).toFixed(1)} answers a second`;
      } catch (error) {
        fill(said, make("p", { class: "problem" }, error.message));
      }
    }
    await new Promise((next) => { setTimeout(next, Math.max(20, PERIOD - (performance.now() - began))); });
  }
}
