// A photo's file as the pixels that the model is asked of: upright, colours as they are written.
"use strict";

const MOST_PIXELS = 4096 * 4096; // that every browser draws, phones too
const MOST_SIDE = 16384;
const UNREADABLE = "This browser cannot read it: it is damaged, far too large, no picture, or of a kind that it does not know. JPEG and PNG are read by every browser.";

/** Returns {canvas, shrunk}: a photo's pixels on a canvas; `shrunk` is [width, height] of a photo that was made smaller, else null. */
async function drawn(blob) {
  const reason = unsuited(new Uint8Array(await blob.arrayBuffer()));
  if (reason) throw new Error(reason);
  const picture = await decoded(blob);
  const width = picture.naturalWidth ?? picture.width, height = picture.naturalHeight ?? picture.height;
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)), MOST_SIDE / Math.max(width, height));
  const canvas = canvasOf(picture, Math.max(1, Math.floor(width * scale)), Math.max(1, Math.floor(height * scale)));
  picture.close?.();
  return { canvas, shrunk: scale < 1 ? [width, height] : null };
}

/** Returns a canvas with a picture, or a frame of a video, on it. */
function canvasOf(picture, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const ground = document.documentElement.dataset.ground; // grey level behind transparency
  context.fillStyle = `rgb(${ground}, ${ground}, ${ground})`;
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  return canvas;
}

async function decoded(blob) {
  try {
    return await createImageBitmap(blob, { imageOrientation: "from-image", colorSpaceConversion: "none" });
  } catch {
    const image = new Image(); // draws what is too large for a bitmap, made smaller
    image.src = URL.createObjectURL(blob);
    const isDecoded = await image.decode().then(() => true, () => false);
    URL.revokeObjectURL(image.src);
    const { naturalWidth: width, naturalHeight: height } = image;
    if (width * height <= MOST_PIXELS) throw new Error(UNREADABLE);
    if (!isDecoded) throw new Error(`Its ${width} × ${height} pixels are more than this browser can decode; make it smaller first.`);
    return image;
  }
}

/** Returns why a file must not be asked of though a browser would show it, or "". */
function unsuited(bytes) {
  if (bytesAt(bytes, 0, [0x89, 0x50, 0x4e, 0x47])) {
    if (bytes[24] === 16) return "It has more than 8 bits a channel; convert it to 8 bits first.";
    if (!hasAfter(bytes, 24, [0x49, 0x45, 0x4e, 0x44])) return "It is a PNG file that is cut off.";
  }
  if (bytesAt(bytes, 0, [0xff, 0xd8]) && !hasAfter(bytes, scanOf(bytes), [0xff, 0xd9])) return "It is a JPEG file that is cut off.";
  return "";
}

function bytesAt(bytes, place, wanted) {
  return wanted.every((byte, i) => bytes[place + i] === byte);
}

function hasAfter(bytes, place, wanted) {
  for (let last = bytes.length - wanted.length; last > place; last--) {
    if (bytesAt(bytes, last, wanted)) return true;
  }
  return false;
}

/** Returns where the pixels of a JPEG file begin; a preview in its header lies before. */
function scanOf(bytes) {
  let place = 2;
  while (bytes[place] === 0xff && bytes[place + 1] !== 0xda) {
    place += bytes[place + 1] === 0xff ? 1 : 2 + bytes[place + 2] * 256 + bytes[place + 3];
  }
  return place;
}
