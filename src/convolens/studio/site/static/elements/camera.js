// A dialog with what the camera sees; a clear line where there is none, or where it may not be used.
import { openDialog } from "./dialog.js";
import { fill, make } from "./dom.js";

const WHY = {
  NotAllowedError: "The camera may not be used: allow it for this page in the browser, and try again.",
  NotFoundError: "No camera was found; connect one, or drop photos instead.",
  NotReadableError: "The camera is used by another program; end that, and try again.",
};

/** Return the camera's stream; where there is none the error says why, in a line for people. Args: width: pixels, about. */
export async function openStream(width) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error("The browser gives the camera to pages at 127.0.0.1 or localhost alone; open the studio there, or drop photos instead.");
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: width } } });
  } catch (error) {
    throw new Error(WHY[error.name] ?? `The camera cannot be used (${error.message || error.name}); drop photos instead.`);
  }
}

/** Switch it off. */
export const stopStream = (stream) => stream.getTracks().forEach((track) => track.stop());

/** Show the camera; `take(blob)` gets each photo as JPEG, and the dialog stays open for the next. */
export async function openCamera({ title, take }) {
  const said = make("p", { role: "status" }, "Waiting for the camera ...");
  const video = make("video", { autoplay: true, playsinline: true, hidden: true });
  video.muted = true;
  const shoot = make("button", { type: "button", class: "main", disabled: true }, "Take the photo");
  let stream = null;
  let taken = 0;
  const dialog = openDialog({ title, class: "large", closed: () => { if (stream) stopStream(stream); } }, video, said,
    make("div", { class: "row" }, shoot, make("button", { type: "button", onclick: () => dialog.close() }, "Done")));
  try {
    stream = await openStream(1280);
    if (!dialog.open) { stopStream(stream); return; } // closed meanwhile
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
  } catch (error) {
    fill(said, error.message);
    said.classList.add("problem");
    return;
  }
  fill(said, "Enter takes a photo.");
  shoot.disabled = false;
  shoot.focus();
  shoot.addEventListener("click", async () => {
    const canvas = make("canvas", { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d").drawImage(video, 0, 0);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.92); });
    shoot.disabled = true;
    const line = await take(blob);
    shoot.disabled = false;
    shoot.focus();
    if (line) taken += 1;
    fill(said, line ? `${line} (${taken} taken)` : "That photo was not taken.");
  });
}
