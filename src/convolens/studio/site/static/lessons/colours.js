// Colours of numbers, and a text colour that can be read on each.

const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** Black or white, whichever can be read on (red, green, blue), each 0 to 255. */
export function readable([red, green, blue]) {
  const light = 0.2126 * linear(red / 255) + 0.7152 * linear(green / 255) + 0.0722 * linear(blue / 255);
  return light > 0.179 ? "#000" : "#fff";
}

/** Brightness: `low` black, `high` white. */
export function grey(value, low = 0, high = 255) {
  const level = Math.round(255 * Math.max(0, Math.min(1, (value - low) / (high - low || 1))));
  return [level, level, level];
}

/** Above zero red, below blue, zero white; `limit` is the deepest. */
export function signed(value, limit) {
  const share = Math.max(-1, Math.min(1, value / (limit || 1)));
  const fade = (from, to) => Math.round(from + (to - from) * Math.abs(share));
  return share >= 0 ? [fade(255, 190), fade(255, 30), fade(255, 45)] : [fade(255, 25), fade(255, 85), fade(255, 175)];
}

export const css = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;

/** Paint numbers, a row after the other, into a <canvas> of one pixel each. */
export function paint(canvas, rows, columns, values, colour) {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let place = 0; place < rows * columns; place += 1) {
    const [red, green, blue] = colour(values[place]);
    image.data.set([red, green, blue, 255], 4 * place);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
